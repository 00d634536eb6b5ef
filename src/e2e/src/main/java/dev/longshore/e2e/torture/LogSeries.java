package dev.longshore.e2e.torture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/// The log of one instance of a container: the live file and what rotation made of it. Owned by the
/// node's thread.
abstract class LogSeries {
  private static final DateTimeFormatter RFC3339_NANO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  private final TorturedContainer container;
  private final Path live;
  private OutputStream out;
  private Generation current;
  private byte[] rest = {};

  /// @param live real path of the live file
  LogSeries(TorturedContainer container, Path live) throws IOException {
    this.container = container;
    this.live = live;
    Path folder = live.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    current = container.newGeneration(live);
    out = open();
  }

  private OutputStream open() throws IOException {
    return Files.newOutputStream(live, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  TorturedContainer container() {
    return container;
  }

  Path live() {
    return live;
  }

  Generation current() {
    return current;
  }

  /// A line as it stands in the file.
  abstract byte[] wrap(String timestamp, Piece piece);

  abstract boolean timestampAtBegin();

  /// Rotates as the kubelet or the engine does.
  ///
  /// @param mayDelete which generations may go
  /// @return whether it was done
  abstract boolean rotate(Predicate<Generation> mayDelete) throws IOException;

  /// Does what an earlier rotation has left for later.
  void continueRotation() throws IOException {}

  /// All generations of which files exist.
  abstract List<Generation> existing();

  /// Writes one line.
  ///
  /// @param inHalves whether its second half is left for [#flush]
  void write(Piece piece, int record, long epochNanos, boolean inHalves, long atMillis)
      throws IOException {
    String timestamp =
        RFC3339_NANO.format(
            Instant.ofEpochSecond(
                Math.floorDiv(epochNanos, 1_000_000_000L),
                Math.floorMod(epochNanos, 1_000_000_000L)));
    byte[] line = wrap(timestamp, piece);
    if (current.bytes == 0) {
      current.begun(line, timestampAtBegin());
      container.begun(current);
    }
    container
        .book()
        .add(current.index, current.bytes, line.length, record, piece.poison(), atMillis);
    current.bytes += line.length;
    if (inHalves) {
      int half = line.length / 2;
      out.write(line, 0, half);
      rest = Arrays.copyOfRange(line, half, line.length);
    } else {
      out.write(line);
    }
  }

  /// Whether a line is half written.
  boolean hasRest() {
    return rest.length > 0;
  }

  void flush() throws IOException {
    out.write(rest);
    rest = new byte[0];
  }

  /// Begins a new live file; the old one has another name already.
  void reopen() throws IOException {
    OutputStream old = out;
    current = container.newGeneration(live);
    out = open();
    old.close();
  }

  void close() throws IOException {
    flush();
    out.close();
  }

  /// Deletes what may be deleted.
  ///
  /// @return whether nothing is left
  boolean delete(Predicate<Generation> mayDelete, long atMillis) throws IOException {
    continueRotation();
    List<Generation> left = new ArrayList<>(existing());
    for (Iterator<Generation> all = left.iterator(); all.hasNext(); ) {
      Generation generation = all.next();
      if (mayDelete.test(generation)) {
        deleteFile(generation, atMillis);
        all.remove();
      }
    }
    return left.isEmpty();
  }

  void deleteFile(Generation generation, long atMillis) throws IOException {
    Files.delete(generation.path);
    generation.deletedAtMillis = atMillis;
    generation.deleted = true;
    forget(generation);
  }

  abstract void forget(Generation generation);

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
