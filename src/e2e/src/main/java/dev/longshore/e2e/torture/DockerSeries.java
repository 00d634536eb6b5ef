package dev.longshore.e2e.torture;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A log of Docker's json-file driver: rotated files are numbered, the newest `.1`, and all move up
/// at each rotation. In the pod's folder stands a link to the live one.
final class DockerSeries extends LogSeries {
  private final int maxFiles;

  /// The newest first.
  private final List<Generation> rotated = new ArrayList<>();

  private boolean live = true;

  DockerSeries(TorturedContainer container, Path live, Path link, int maxFiles) throws IOException {
    super(container, live);
    this.maxFiles = maxFiles;
    Path folder = link.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.createSymbolicLink(link, live);
  }

  @Override
  byte[] wrap(String timestamp, Piece piece) {
    String text =
        new String(JsonStringEncoder.getInstance().quoteAsString(piece.text()))
            + (piece.partial() ? "" : "\\n");
    return utf8(
        "{\"log\":\"%s\",\"stream\":\"%s\",\"time\":\"%s\"}\n"
            .formatted(text, piece.stream(), timestamp));
  }

  @Override
  boolean timestampAtBegin() {
    return false;
  }

  @Override
  boolean rotate(Predicate<Generation> mayDelete) throws IOException {
    if (rotated.size() >= maxFiles - 1) {
      if (!mayDelete.test(rotated.getLast())) {
        return false;
      }
      deleteFile(rotated.getLast(), container().nowMillis());
    }
    for (int i = rotated.size(); i > 0; i--) {
      move(rotated.get(i - 1), i + 1);
    }
    Generation old = current();
    move(old, 1);
    rotated.addFirst(old);
    reopen();
    return true;
  }

  private void move(Generation generation, int number) throws IOException {
    Path to = live().resolveSibling(live().getFileName() + "." + number);
    Files.move(generation.path, to);
    generation.path = to;
  }

  @Override
  List<Generation> existing() {
    List<Generation> all = new ArrayList<>(rotated);
    if (live) {
      all.add(current());
    }
    return all;
  }

  @Override
  void forget(Generation generation) {
    rotated.remove(generation);
    if (generation == current()) {
      live = false;
    }
  }
}
