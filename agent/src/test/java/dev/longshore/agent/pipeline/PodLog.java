package dev.longshore.agent.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;

/// A container's log as a runtime writes it: lines in CRI format with strictly rising timestamps,
/// rotated as a kubelet does.
final class PodLog {
  final Path live;
  private OutputStream out;
  private Instant stamp;

  /// @param begun what the first line is stamped after
  PodLog(Path live, Instant begun) throws IOException {
    stamp = begun;
    this.live = live;
    Files.createDirectories(live.getParent());
    out = append(live);
  }

  private static OutputStream append(Path path) throws IOException {
    return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// From now on, lines are stamped from there.
  PodLog stampedFrom(Instant from) {
    stamp = from;
    return this;
  }

  Instant lastStamp() {
    return stamp;
  }

  PodLog out(String message) throws IOException {
    return line("stdout", "F", message);
  }

  PodLog err(String message) throws IOException {
    return line("stderr", "F", message);
  }

  /// A part of a line that goes on.
  PodLog part(String stream, String message) throws IOException {
    return line(stream, "P", message);
  }

  PodLog line(String stream, String tag, String message) throws IOException {
    return raw(cri(stream, tag, message));
  }

  String cri(String stream, String tag, String message) {
    stamp = stamp.plusNanos(1_003);
    return stamp + " " + stream + " " + tag + " " + message + "\n";
  }

  PodLog raw(String text) throws IOException {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  PodLog raw(byte[] bytes) throws IOException {
    out.write(bytes);
    return this;
  }

  /// The handle that a writer keeps after a rename.
  OutputStream handle() {
    return out;
  }

  /// Renames the live file and opens a new one.
  Path rotate(String suffix) throws IOException {
    Path rotated = live.resolveSibling(live.getFileName() + suffix);
    Files.move(live, rotated);
    out = append(live);
    return rotated;
  }

  /// Opens the live name anew, where there is no file or another one.
  void reopen() throws IOException {
    out = append(live);
  }

  static Path gzip(Path plain) throws IOException {
    Path compressed = plain.resolveSibling(plain.getFileName() + ".gz");
    Path aside = plain.resolveSibling(plain.getFileName() + ".tmp");
    try (OutputStream gz = new GZIPOutputStream(Files.newOutputStream(aside))) {
      Files.copy(plain, gz);
    }
    Files.move(aside, compressed);
    Files.delete(plain);
    return compressed;
  }
}
