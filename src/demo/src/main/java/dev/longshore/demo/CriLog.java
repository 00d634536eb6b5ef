package dev.longshore.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// A container's log file as containerd writes it and the kubelet rotates it: each line with a
/// nanosecond timestamp, long ones split at 16 KiB into parts; beyond a size the file is renamed
/// and opened anew, the generation before it is compressed, and of many the oldest are deleted.
///
/// Not safe for several threads.
final class CriLog implements AutoCloseable {
  private static final int PART_BYTES = 16 << 10;
  private static final DateTimeFormatter RFC3339_NANO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter ROTATED =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Path live;
  private final long rotateBytes;
  private final int maxFiles;
  private OutputStream out;
  private long written;
  private @Nullable Path rotatedLast;
  private int rotations;

  /// Creates the folder and the file.
  ///
  /// @param live for example `…/shop_checkout-7d9f_<uid>/checkout/0.log`
  /// @param rotateBytes size from which the file is rotated (kubelet: `containerLogMaxSize`)
  /// @param maxFiles how many files are kept at most (kubelet: `containerLogMaxFiles`)
  CriLog(Path live, long rotateBytes, int maxFiles) throws IOException {
    this.live = live;
    this.rotateBytes = rotateBytes;
    this.maxFiles = maxFiles;
    Path folder = live.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    out = open();
  }

  private OutputStream open() throws IOException {
    return Files.newOutputStream(live, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /// Writes one line of the container.
  ///
  /// @param stream `stdout` or `stderr`
  void line(String stream, String text) throws IOException {
    String stamp = RFC3339_NANO.format(Instant.now());
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    while (message.length - at > PART_BYTES) {
      part(stamp, stream, "P", message, at, PART_BYTES);
      at += PART_BYTES;
    }
    part(stamp, stream, "F", message, at, message.length - at);
    if (written >= rotateBytes) {
      rotate();
    }
  }

  private void part(String stamp, String stream, String tag, byte[] message, int from, int length)
      throws IOException {
    byte[] prefix = (stamp + " " + stream + " " + tag + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] line = new byte[prefix.length + length + 1];
    System.arraycopy(prefix, 0, line, 0, prefix.length);
    System.arraycopy(message, from, line, prefix.length, length);
    line[line.length - 1] = '\n';
    out.write(line);
    written += line.length;
  }

  private void rotate() throws IOException {
    Path before = rotatedLast;
    if (before != null && Files.exists(before)) {
      compress(before);
    }
    String suffix = ROTATED.format(Instant.now());
    Path name = live.resolveSibling(live.getFileName() + "." + suffix);
    for (int n = 1; Files.exists(name) || Files.exists(Path.of(name + ".gz")); n++) {
      name = live.resolveSibling(live.getFileName() + "." + suffix + "-" + n);
    }
    Files.move(live, name);
    rotatedLast = name;
    OutputStream old = out;
    out = open();
    old.close();
    written = 0;
    rotations++;
    deleteOldest();
  }

  private static void compress(Path plain) throws IOException {
    Path unfinished = Path.of(plain + ".tmp");
    try (InputStream in = Files.newInputStream(plain);
        OutputStream zipped = new GZIPOutputStream(Files.newOutputStream(unfinished))) {
      in.transferTo(zipped);
    }
    Files.move(unfinished, Path.of(plain + ".gz"));
    Files.delete(plain);
  }

  private void deleteOldest() throws IOException {
    List<Path> rotated = new ArrayList<>();
    Path folder = live.getParent();
    if (folder == null) {
      return;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, live.getFileName() + ".*")) {
      files.forEach(rotated::add);
    }
    rotated.sort(null);
    for (int i = 0; i < rotated.size() - (maxFiles - 1); i++) {
      Files.delete(rotated.get(i));
    }
  }

  /// How often it was rotated.
  int rotations() {
    return rotations;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
