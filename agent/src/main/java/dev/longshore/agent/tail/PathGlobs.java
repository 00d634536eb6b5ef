package dev.longshore.agent.tail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Patterns of absolute paths, compiled once. In a name `*` is any text, `?` one character, `[a-z]`
/// and `[!a-z]` one of a class; `**` alone between slashes is any number of folders, none included.
///
/// A path is matched name by name from the top, each time with the set of all places in the
/// patterns that have been reached, so that no pattern costs more than its length times the path's.
final class PathGlobs {
  private final List<Glob> globs = new ArrayList<>();

  /// How many places the patterns have: one before each segment, and one behind the last.
  private final int places;

  /// How far into the patterns a path leads: the places that its names have reached.
  static final class Reached {
    private final BitSet places;
    private final boolean matches;
    private final boolean leads;

    private Reached(BitSet places, boolean matches, boolean leads) {
      this.places = places;
      this.matches = matches;
      this.leads = leads;
    }

    /// Whether a pattern names this path.
    boolean matches() {
      return matches;
    }

    /// Whether something below this folder could match.
    boolean leads() {
      return leads;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Reached it && it.places.equals(places);
    }

    @Override
    public int hashCode() {
      return places.hashCode();
    }
  }

  /// @throws IllegalArgumentException when a pattern is not absolute or can't be read
  PathGlobs(List<String> patterns) {
    int first = 0;
    for (String pattern : patterns) {
      Glob glob = Glob.compile(pattern, first);
      globs.add(glob);
      first += glob.segments.size() + 1;
    }
    places = first;
  }

  /// The deepest folders without a wildcard above everything that can match.
  Set<Path> roots() {
    Set<Path> roots = new LinkedHashSet<>();
    for (Glob glob : globs) {
      roots.add(glob.root());
    }
    return roots;
  }

  /// Where a path leads to.
  Reached reached(Path path) {
    BitSet start = new BitSet(places);
    for (Glob glob : globs) {
      glob.enter(0, start);
    }
    Reached reached = reached(start);
    for (Path name : path) {
      reached = into(reached, name.toString());
    }
    return reached;
  }

  /// Where a name in a folder leads to.
  Reached into(Reached folder, String name) {
    BitSet next = new BitSet(places);
    for (Glob glob : globs) {
      glob.advance(folder.places, name, next);
    }
    return reached(next);
  }

  private Reached reached(BitSet at) {
    boolean matches = false;
    boolean leads = false;
    for (Glob glob : globs) {
      int end = glob.first + glob.segments.size();
      matches |= at.get(end);
      int place = at.nextSetBit(glob.first);
      leads |= place >= 0 && place < end;
    }
    return new Reached(at, matches, leads);
  }

  /// One pattern; its places begin at `first`.
  private record Glob(List<Segment> segments, int first) {
    static Glob compile(String pattern, int first) {
      if (!pattern.startsWith("/") || pattern.endsWith("/")) {
        throw new IllegalArgumentException(
            "tail.paths: '" + pattern + "' is not the absolute path of a file");
      }
      List<Segment> segments = new ArrayList<>();
      for (String name : pattern.substring(1).split("/+", 0)) {
        segments.add(Segment.compile(pattern, name));
      }
      return new Glob(List.copyOf(segments), first);
    }

    /// Reaches the place before segment `at`, and the one behind it if that may be nothing.
    void enter(int at, BitSet reached) {
      reached.set(first + at);
      if (at < segments.size() && segments.get(at).deep) {
        enter(at + 1, reached);
      }
    }

    void advance(BitSet from, String name, BitSet to) {
      for (int at = 0; at < segments.size(); at++) {
        if (from.get(first + at)) {
          Segment segment = segments.get(at);
          if (segment.deep) {
            enter(at, to);
          } else if (segment.matches(name)) {
            enter(at + 1, to);
          }
        }
      }
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

  private record Segment(String text, @Nullable Pattern pattern, boolean deep) {

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
