package dev.longshore.agent.buffer;

import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What turned out to be unreadable while the buffer was open, and what follows from it.
///
/// A block that can't be read back is a gap in what its generation stated. All files are read again
/// as an opening would read them; generations that come out lower fall back to there, durably: a
/// new file begins with the lower positions, and only then the block is given up. Until the reading
/// thread has taken the fallback, blocks of the generation state no progress, as they would bridge
/// the gap. Where the generation is known no more, because its log file is gone, the block is lost,
/// and counted as such.
///
/// Guarded by the buffer's lock.
final class RunDamage {
  private static final Logger LOG = LoggerFactory.getLogger(RunDamage.class);

  private final PendingBlocks pending;
  private final StatedPositions positions;
  private final Journal journal;
  private final BufferMetrics metrics;
  private final List<Position> fallbacks = new ArrayList<>();
  private final List<GivenUp> givenUp = new ArrayList<>();

  /// What was given up after it was handed out, by where it lay.
  private final Map<Long, GivenUp> gone = new HashMap<>();

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
  List<Position> takeFallbacks() {
    List<Position> taken = List.copyOf(fallbacks);
    fallbacks.clear();
    positions.releaseAll();
    return taken;
  }

  /// What was given up since this was asked last, and was not handed out before.
  List<GivenUp> takeGivenUp() {
    List<GivenUp> taken = List.copyOf(givenUp);
    givenUp.clear();
    return taken;
  }

  boolean isGone(long reference) {
    return gone.containsKey(reference);
  }

  /// @throws BlockGoneException when the block that lay there was given up
  void check(long reference) {
    GivenUp block = gone.get(reference);
    if (block != null) {
      throw new BlockGoneException(
          "the block " + PendingBlocks.text(reference) + " could not be read back",
          block.container(),
          block.records(),
          block.payloadBytes(),
          block.lost());
    }
  }

  /// Gives up a block that can't be read.
  ///
  /// @param seen whether it was handed out, so that somebody has it in his books
  /// @throws IOException when the files can't be read again; the block stays, unreadable
  /// @throws BufferException when there is no room to note it; the block stays, unreadable
  void giveUp(PendingFile file, int index, boolean seen) throws IOException {
    if (file.isDone(index)) {
      return;
    }
    file.broken(index);
    if (headOwed) {
      writeHead();
    }
    PendingFile.Owner owner = file.owner(index);
    List<Position> fallen = file.isCarried(index) ? carriedFrom(owner) : fallen();
    if (!fallen.isEmpty()) {
      for (Position position : fallen) {
        positions.fallBack(position);
      }
      noteFallbacks(fallen);
      headOwed = true;
      writeHead();
    }
    boolean lost = !positions.knows(owner.generation());
    pending.giveUp(file, index);
    note(file, index, seen, lost);
    report = report.andBlock(file.payloadBytes(index), fallen.size(), lost ? 1 : 0);
    LOG.atError()
        .setMessage("a queued block can't be read back")
        .addKeyValue("file", file.path())
        .addKeyValue("position", file.position(index))
        .addKeyValue("payloadBytes", file.payloadBytes(index))
        .addKeyValue("readAgain", fallen)
        .addKeyValue("lost", lost)
        .log();
  }

  private void note(PendingFile file, int index, boolean seen, boolean lost) {
    GivenUp block =
        new GivenUp(
            file.owner(index).container(), file.records(index), file.payloadBytes(index), lost);
    if (seen) {
      gone.put(PendingBlocks.reference(file.number(), file.position(index)), block);
    } else {
      givenUp.add(block);
    }
    metrics.unreadable();
    metrics.damaged(block.payloadBytes());
    if (lost) {
      metrics.lost();
    }
  }

  /// A carried block states no position and leaves no gap: all of its file is read again.
  private List<Position> carriedFrom(PendingFile.Owner owner) {
    Position start = Position.start(owner.generation());
    return positions.knows(owner.generation()) ? List.of(start) : List.of();
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
    recovery.needed(pending.files().getFirst().number());
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
