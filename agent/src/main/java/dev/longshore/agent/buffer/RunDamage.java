package dev.longshore.agent.buffer;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What turned out to be unreadable while the buffer was open, and what follows from it.
///
/// A block that can't be read back is a gap in what its generation stated. All files are read again
/// as an opening would read them; generations that come out lower fall back to there, durably: a
/// new file begins with the lower positions, and only then the block is given up. Until the reading
/// thread has taken the fallback, blocks of the generation state no progress, as they would bridge
/// the gap. Where no position falls back (the log file is gone, or the block was a carried one) the
/// block is lost, and counted as such.
///
/// Guarded by the buffer's lock.
final class RunDamage {
  private static final Logger LOG = LoggerFactory.getLogger(RunDamage.class);

  private final PendingBlocks pending;
  private final StatedPositions positions;
  private final Journal journal;
  private final BufferMetrics metrics;
  private final List<Position> fallbacks = new ArrayList<>();
  private DamageReport report;

  /// Positions fell back, and no file says so yet: no block is given up before.
  private boolean headOwed;

  RunDamage(Opening opened, BufferMetrics metrics) {
    this.pending = opened.pending();
    this.positions = opened.positions();
    this.journal = opened.journal();
    this.report = opened.damage();
    this.metrics = metrics;
  }

  DamageReport report() {
    return report;
  }

  /// Positions that fell back since this was asked last; statements of their generations count
  /// again from now on.
  List<Position> take() {
    List<Position> taken = List.copyOf(fallbacks);
    fallbacks.clear();
    positions.releaseAll();
    return taken;
  }

  /// Gives up a block that can't be read.
  ///
  /// @throws IOException when the files can't be read again; the block stays, unreadable
  /// @throws BufferException when there is no room to note it; the block stays, unreadable
  void giveUp(PendingFile file, int index) throws IOException {
    if (file.isDone(index)) {
      return;
    }
    file.broken(index);
    if (headOwed) {
      writeHead();
    }
    List<Position> fallen = file.isCarried(index) ? List.of() : fallen();
    if (!fallen.isEmpty()) {
      for (Position position : fallen) {
        positions.fallBack(position);
      }
      noteFallbacks(fallen);
      headOwed = true;
      writeHead();
    }
    long lost = fallen.isEmpty() && !positions.isHeld() ? 1 : 0;
    pending.giveUp(file, index);
    report = report.andBlock(file.payloadBytes(index), fallen.size(), lost);
    metrics.unreadable();
    metrics.damaged(file.payloadBytes(index));
    if (lost > 0) {
      metrics.lost();
    }
    LOG.atError()
        .setMessage("a queued block can't be read back")
        .addKeyValue("file", file.path())
        .addKeyValue("position", file.position(index))
        .addKeyValue("payloadBytes", file.payloadBytes(index))
        .addKeyValue("readAgain", fallen)
        .addKeyValue("lost", lost > 0)
        .log();
  }

  /// Makes the lower positions durable.
  private void writeHead() throws IOException {
    journal.roll(true);
    headOwed = false;
  }

  private void noteFallbacks(List<Position> fallen) {
    Set<GenerationId> generations = new HashSet<>();
    for (Position position : fallen) {
      generations.add(position.generation());
    }
    fallbacks.removeIf(position -> generations.contains(position.generation()));
    fallbacks.addAll(fallen);
  }

  private List<Position> fallen() throws IOException {
    List<Path> paths = new ArrayList<>();
    for (PendingFile file : pending.files()) {
      paths.add(file.path());
    }
    Recovery recovery = new Recovery();
    recovery.read(paths);
    List<Position> fallen = new ArrayList<>();
    for (Position found : recovery.positions()) {
      Position stated = positions.of(found.generation());
      if (found.stdout() < stated.stdout() || found.stderr() < stated.stderr()) {
        fallen.add(
            new Position(
                found.generation(),
                Math.min(found.stdout(), stated.stdout()),
                Math.min(found.stderr(), stated.stderr())));
      }
    }
    return fallen;
  }
}
