package dev.longshore.alerting.rule;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Patterns of paths as Prometheus and Alertmanager take them (Go's `filepath.Glob`): `*`, `?` and
/// `[a-z]`, none of which crosses a `/`.
public final class PathPattern {
  private PathPattern() {}

  /// Adds the files that a pattern matches; folders are none.
  ///
  /// @param base the folder that a relative pattern begins at
  /// @throws IOException when a folder can't be listed
  /// @throws java.util.regex.PatternSyntaxException when a part is no pattern
  /// @throws java.nio.file.InvalidPathException when it is no path
  public static void find(Path base, String pattern, Set<Path> found) throws IOException {
    List<Path> open = List.of(pattern.startsWith("/") ? Path.of("/") : base);
    for (Path name : Path.of(pattern)) {
      String part = name.toString();
      List<Path> next = new ArrayList<>();
      for (Path folder : open) {
        step(folder, part, next);
      }
      open = next;
    }
    for (Path path : open) {
      if (!Files.isDirectory(path)) {
        found.add(path.normalize());
      }
    }
  }

  private static void step(Path folder, String part, List<Path> next) throws IOException {
    if (part.indexOf('*') < 0 && part.indexOf('?') < 0 && part.indexOf('[') < 0) {
      Path path = folder.resolve(part);
      if (part.equals(".") || part.equals("..") || !Files.notExists(path)) {
        next.add(path);
      }
      return;
    }
    PathMatcher matcher = matcher(part);
    try (DirectoryStream<Path> stream =
        Files.newDirectoryStream(folder, path -> matcher.matches(path.getFileName()))) {
      stream.forEach(next::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Nothing there matches.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /// Braces are letters in Go's patterns.
  private static PathMatcher matcher(String pattern) {
    String escaped = pattern.replace("{", "\\{").replace("}", "\\}");
    return FileSystems.getDefault().getPathMatcher("glob:" + escaped);
  }
}
