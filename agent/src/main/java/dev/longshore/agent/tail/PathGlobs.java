package dev.longshore.agent.tail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Patterns of absolute paths, compiled once. In a name `*` is any text, `?` one character, `[a-z]`
/// and `[!a-z]` one of a class; `**` alone between slashes is any number of folders, none included.
final class PathGlobs {
  private final List<Glob> globs = new ArrayList<>();

  /// @throws IllegalArgumentException when a pattern is not absolute or can't be read
  PathGlobs(List<String> patterns) {
    for (String pattern : patterns) {
      globs.add(Glob.compile(pattern));
    }
  }

  /// The deepest folders without a wildcard above everything that can match.
  Set<Path> roots() {
    Set<Path> roots = new LinkedHashSet<>();
    for (Glob glob : globs) {
      roots.add(glob.root());
    }
    return roots;
  }

  /// Whether a pattern names this path.
  boolean matches(Path path) {
    for (Glob glob : globs) {
      if (matches(glob.segments, 0, path, 0)) {
        return true;
      }
    }
    return false;
  }

  /// Whether something below this folder could match.
  boolean leadsTo(Path folder) {
    for (Glob glob : globs) {
      if (leadsTo(glob.segments, 0, folder, 0)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(List<Segment> segments, int at, Path path, int name) {
    if (at == segments.size()) {
      return name == path.getNameCount();
    }
    Segment segment = segments.get(at);
    if (segment.deep) {
      for (int skip = name; skip <= path.getNameCount(); skip++) {
        if (matches(segments, at + 1, path, skip)) {
          return true;
        }
      }
      return false;
    }
    return name < path.getNameCount()
        && segment.matches(path.getName(name).toString())
        && matches(segments, at + 1, path, name + 1);
  }

  private static boolean leadsTo(List<Segment> segments, int at, Path folder, int name) {
    if (at == segments.size()) {
      return false;
    }
    Segment segment = segments.get(at);
    if (name == folder.getNameCount() || segment.deep) {
      return true;
    }
    return segment.matches(folder.getName(name).toString())
        && leadsTo(segments, at + 1, folder, name + 1);
  }

  private record Glob(List<Segment> segments) {
    static Glob compile(String pattern) {
      if (!pattern.startsWith("/") || pattern.endsWith("/")) {
        throw new IllegalArgumentException(
            "tail.paths: '" + pattern + "' is not the absolute path of a file");
      }
      List<Segment> segments = new ArrayList<>();
      for (String name : pattern.substring(1).split("/+", 0)) {
        segments.add(Segment.compile(pattern, name));
      }
      return new Glob(List.copyOf(segments));
    }

    Path root() {
      Path root = Path.of("/");
      // The last segment is a file's name, never a folder's.
      for (Segment segment : segments.subList(0, segments.size() - 1)) {
        if (segment.pattern != null || segment.deep) {
          break;
        }
        root = root.resolve(segment.text);
      }
      return root;
    }
  }

  private record Segment(
      String text, @org.jspecify.annotations.Nullable Pattern pattern, boolean deep) {

    static Segment compile(String whole, String name) {
      if (name.equals("**")) {
        return new Segment(name, null, true);
      }
      if (name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("tail.paths: '" + whole + "' contains '" + name + "'");
      }
      if (name.chars().noneMatch(c -> c == '*' || c == '?' || c == '[')) {
        return new Segment(name, null, false);
      }
      try {
        return new Segment(name, Pattern.compile(regex(whole, name), Pattern.DOTALL), false);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException("tail.paths: '" + whole + "' has a malformed class", e);
      }
    }

    private static String regex(String whole, String name) {
      StringBuilder regex = new StringBuilder();
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        switch (c) {
          case '*' -> regex.append(".*");
          case '?' -> regex.append('.');
          case '[' -> {
            // A bracket that comes first belongs to the class.
            int first = i + 1 < name.length() && name.charAt(i + 1) == '!' ? i + 2 : i + 1;
            int end = name.indexOf(']', first + 1);
            if (end < 0) {
              throw new IllegalArgumentException("tail.paths: '" + whole + "' has an open '['");
            }
            regex.append(first == i + 2 ? "[^" : "[");
            regex.append(name.substring(first, end).replaceAll("[\\[\\]\\\\^&]", "\\\\$0"));
            regex.append(']');
            i = end;
          }
          default -> regex.append(Pattern.quote(String.valueOf(c)));
        }
      }
      return regex.toString();
    }

    boolean matches(String name) {
      return pattern == null ? text.equals(name) : pattern.matcher(name).matches();
    }
  }
}
