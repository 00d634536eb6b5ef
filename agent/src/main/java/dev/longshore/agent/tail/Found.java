package dev.longshore.agent.tail;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
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
/// @param regular false for a folder, pipe, socket or device
record Found(
    Path path, RotatedName name, FileKey key, long sizeBytes, long changedNanos, boolean regular) {
  private static final String ATTRIBUTES = "dev,ino,size,ctime,isRegularFile";

  /// @throws IOException when it has vanished, is a link that leads nowhere, or can't be asked
  static Found at(Path path, LinkOption... options) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(path, "unix:" + ATTRIBUTES, options);
    return new Found(
        path,
        RotatedName.parse(path.getFileName().toString()),
        new FileKey(number(attributes, "dev"), number(attributes, "ino")),
        number(attributes, "size"),
        attributes.get("ctime") instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0,
        Boolean.TRUE.equals(attributes.get("isRegularFile")));
  }

  /// Opens it, and makes sure that the name still leads to this file.
  ///
  /// @throws NoSuchFileException when it does not
  /// @throws IOException when it can't be opened, with the reason
  Source open() throws IOException {
    Source source;
    try {
      source = name.gzip() ? new GzipSource(path) : new PlainSource(path);
    } catch (FileNotFoundException e) {
      // Says whether it has vanished, or else why it can't be opened.
      at(path);
      throw e;
    }
    try {
      if (!at(path).key.equals(key)) {
        throw new NoSuchFileException(path + " was replaced meanwhile");
      }
      return source;
    } catch (IOException e) {
      source.close();
      throw e;
    }
  }

  private static long number(Map<String, Object> attributes, String name) throws IOException {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the file system does not tell unix:" + name);
  }
}
