package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A name that a scan has found in a log's folder, and the file that it named at that moment.
///
/// @param path real path
/// @param name taken apart
/// @param key whose name it is
/// @param sizeBytes on disk
/// @param changedNanos last change of content or name, nanoseconds since the epoch; unlike the time
///   of the last write, nobody can set it back
/// @param regular false for a folder, link, pipe, socket or device
record FoundFile(
    Path path, RotatedName name, Key key, long sizeBytes, long changedNanos, boolean regular) {
  private static final String ATTRIBUTES = "unix:dev,ino,size,ctime,isRegularFile";

  /// What tells files of one machine apart while they exist.
  record Key(long device, long inode) {}

  /// Asks for a file, without following a link.
  ///
  /// @throws IOException when it has vanished, or can't be asked
  static FoundFile at(Path path) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    return new FoundFile(
        path,
        RotatedName.parse(path.getFileName().toString()),
        new Key(number(attributes, "dev"), number(attributes, "ino")),
        number(attributes, "size"),
        attributes.get("ctime") instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0,
        Boolean.TRUE.equals(attributes.get("isRegularFile")));
  }

  /// One of which nothing but its name is known.
  static FoundFile unasked(Path path) {
    RotatedName name = RotatedName.parse(path.getFileName().toString());
    return new FoundFile(path, name, new Key(0, 0), 0, Long.MIN_VALUE, true);
  }

  /// The same, in a state in which no later look will find it: so that look asks what it holds.
  FoundFile unverified() {
    return new FoundFile(path, name, key, sizeBytes, Long.MIN_VALUE, regular);
  }

  private static long number(Map<String, Object> attributes, String name) throws IOException {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the file system does not tell unix:" + name);
  }
}
