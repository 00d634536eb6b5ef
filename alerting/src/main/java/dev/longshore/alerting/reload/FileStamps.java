package dev.longshore.alerting.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What tells one state of the watched files from another: for each its length, when it was
/// changed, and which file it is behind all links. A ConfigMap that is mounted changes by a link
/// that is made to point elsewhere.
///
/// @param routing of the Alertmanager file and its templates
/// @param rules of the rule files
record FileStamps(Map<Path, String> routing, Map<Path, String> rules) {
  static final FileStamps NONE = new FileStamps(Map.of(), Map.of());

  static FileStamps of(Set<Path> routing, Set<Path> rules) {
    return new FileStamps(stamps(routing), stamps(rules));
  }

  private static Map<Path, String> stamps(Set<Path> files) {
    Map<Path, String> stamps = new TreeMap<>();
    for (Path file : files) {
      stamps.put(file, stamp(file));
    }
    return stamps;
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.size()
          + " "
          + attributes.lastModifiedTime()
          + " "
          + attributes.fileKey()
          + " "
          + file.toRealPath();
    } catch (IOException e) {
      // A file that can't be read is a state too; reading it says why.
      return "unreadable";
    }
  }
}
