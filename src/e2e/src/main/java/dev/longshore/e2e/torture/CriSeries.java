package dev.longshore.e2e.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// A log in the CRI's format, rotated in the kubelet's order: files beyond the limit are deleted,
/// those of earlier rotations are compressed through a `.tmp`, the live one is renamed, and only
/// then the runtime opens a new one. Which file is old the kubelet takes from its name.
final class CriSeries extends LogSeries {
  private static final DateTimeFormatter ROTATED =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final int maxFiles;

  /// By their plain names, whether compressed or not.
  private final TreeMap<String, Generation> rotated = new TreeMap<>();

  private @Nullable Generation unfinished;
  private String lastStamp = "";
  private int namedInSecond;
  private boolean live = true;

  CriSeries(TorturedContainer container, Path live, int maxFiles) throws IOException {
    super(container, live);
    this.maxFiles = maxFiles;
  }

  @Override
  byte[] wrap(String timestamp, Piece piece) {
    return utf8(
        timestamp + " " + piece.stream() + (piece.partial() ? " P " : " F ") + piece.text() + "\n");
  }

  @Override
  boolean timestampAtBegin() {
    return true;
  }

  @Override
  boolean rotate(Predicate<Generation> mayDelete) throws IOException {
    continueRotation();
    for (Map.Entry<String, Generation> oldest : List.copyOf(rotated.entrySet())) {
      if (rotated.size() <= maxFiles - 2 || !mayDelete.test(oldest.getValue())) {
        break;
      }
      deleteFile(oldest.getValue(), container().nowMillis());
    }
    for (Generation generation : rotated.values()) {
      if (!isCompressed(generation)) {
        compress(generation);
      }
    }
    Generation old = current();
    String name = nameFor(container().epochMillis());
    Path to = live().resolveSibling(name);
    Files.move(live(), to);
    old.path = to;
    rotated.put(name, old);
    container().writeLate();
    reopen();
    return true;
  }

  /// One that sorts behind those that were given in the same second, also where those are deleted
  /// by now: the kubelet rotates once in a second, and its names are in the order of age.
  private String nameFor(long epochMillis) {
    String stamp = live().getFileName() + "." + ROTATED.format(Instant.ofEpochMilli(epochMillis));
    if (!stamp.equals(lastStamp)) {
      lastStamp = stamp;
      namedInSecond = 0;
    }
    String name;
    do {
      name = namedInSecond == 0 ? stamp : "%s-%03d".formatted(stamp, namedInSecond);
      namedInSecond++;
    } while (rotated.containsKey(name));
    return name;
  }

  private static boolean isCompressed(Generation generation) {
    return generation.name().endsWith(".gz");
  }

  private static Path beside(Generation generation, String ending) {
    return generation.path.resolveSibling(generation.name() + ending);
  }

  /// Some take longer: the plain file stands beside the `.tmp`, and then beside the `.gz`.
  private void compress(Generation generation) throws IOException {
    Path temporary = beside(generation, ".tmp");
    try (InputStream in = Files.newInputStream(generation.path);
        OutputStream zipped = new GZIPOutputStream(Files.newOutputStream(temporary))) {
      in.transferTo(zipped);
    }
    if (unfinished == null && container().random().nextInt(3) == 0) {
      unfinished = generation;
    } else {
      finish(generation);
    }
  }

  private static void finish(Generation generation) throws IOException {
    Path plain = generation.path;
    Path zipped = beside(generation, ".gz");
    Files.move(beside(generation, ".tmp"), zipped);
    Files.delete(plain);
    generation.path = zipped;
  }

  @Override
  void continueRotation() throws IOException {
    Generation left = unfinished;
    unfinished = null;
    if (left != null) {
      finish(left);
    }
  }

  @Override
  List<Generation> existing() {
    List<Generation> all = new ArrayList<>(rotated.values());
    if (live) {
      all.add(current());
    }
    return all;
  }

  @Override
  void forget(Generation generation) {
    rotated.values().remove(generation);
    if (generation == current()) {
      live = false;
    }
  }
}
