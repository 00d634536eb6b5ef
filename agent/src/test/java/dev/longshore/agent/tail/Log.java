package dev.longshore.agent.tail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

/// A container's log as a runtime writes it and a kubelet rotates it.
final class Log {
  /// The runtime's clock: no two lines have the same timestamp.
  private static final AtomicLong TICKS = new AtomicLong();

  private static final Instant BIRTH = Instant.parse("2026-11-23T05:48:55.000000001Z");

  final Path live;
  private OutputStream out;

  Log(Path live) throws IOException {
    this.live = live;
    out = append(live);
  }

  private static OutputStream append(Path path) throws IOException {
    return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  static String cri(String message) {
    return BIRTH.plusNanos(TICKS.incrementAndGet() * 1_000_003) + " stdout F " + message;
  }

  /// Writes a CRI line and returns it, without its line feed.
  String line(String message) throws IOException {
    String line = cri(message);
    raw(line + "\n");
    return line;
  }

  void raw(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /// The handle that a writer keeps after the file was renamed.
  OutputStream handle() {
    return out;
  }

  /// Renames the live file and opens a new one. The old handle stays usable.
  Path rotate(String suffix) throws IOException {
    Path rotated = live.resolveSibling(live.getFileName() + suffix);
    Files.move(live, rotated);
    reopen();
    return rotated;
  }

  void reopen() throws IOException {
    out = append(live);
  }

  /// Compresses as the kubelet does: aside, then by two names for a moment, then by one.
  static Path gzip(Path plain) throws IOException {
    Path aside = plain.resolveSibling(plain.getFileName() + ".tmp");
    Path compressed = plain.resolveSibling(plain.getFileName() + ".gz");
    try (OutputStream gz = new GZIPOutputStream(Files.newOutputStream(aside))) {
      Files.copy(plain, gz);
    }
    Files.move(aside, compressed, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(plain);
    return compressed;
  }
}
