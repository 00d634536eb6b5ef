package dev.longshore.agent.buffer;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One look at all queue files, as an opening would read them, while the buffer is in use: what can
/// be read, and how far each generation is by that.
///
/// It takes about a second for a gigabyte, so it is made without the buffer's lock. What is
/// appended meanwhile is none of its business, and no file is deleted before it is over.
final class Scrub {
  private final List<Path> paths = new ArrayList<>();
  private final Map<Integer, Integer> blocks = new HashMap<>();
  private final List<Position> committed;
  private final int oldest;
  private final Recovery recovery = new Recovery();

  /// With the buffer's lock held.
  Scrub(PendingBlocks pending, CommittedPositions positions) {
    for (PendingFile file : pending.files()) {
      paths.add(file.path());
      blocks.put(file.number(), file.count());
    }
    oldest = pending.files().getFirst().number();
    committed = positions.all();
  }

  /// Reads the files, without the lock.
  void read(FolderWatch watch) throws IOException {
    recovery.needed(oldest);
    recovery.read(paths, watch);
  }

  /// The generations that are not as far as was committed when it began, and how far they are.
  List<Position> fallen() {
    Map<GenerationId, Position> found = new HashMap<>();
    for (Position position : recovery.positions()) {
      found.put(position.generation(), position);
    }
    List<Position> fallen = new ArrayList<>();
    for (Position said : committed) {
      Position start = Position.start(said.generation());
      Position is = found.getOrDefault(said.generation(), start);
      if (is.stdout() < said.stdout() || is.stderr() < said.stderr()) {
        fallen.add(
            said.withOffsets(
                Math.min(is.stdout(), said.stdout()), Math.min(is.stderr(), said.stderr())));
      }
    }
    return fallen;
  }

  /// How many blocks a file had when this began.
  int blocks(PendingFile file) {
    return blocks.getOrDefault(file.number(), 0);
  }

  /// Whether a block, of those, can be read.
  boolean isReadable(PendingFile file, int index) {
    for (PendingFile read : recovery.files()) {
      if (read.number() == file.number()) {
        return read.find(file.position(index)) >= 0;
      }
    }
    return false;
  }
}
