package dev.longshore.agent.buffer;

import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What turned out to be unreadable while the buffer was open, and what follows from it.
///
/// A block that can't be read back is a gap in what its generation committed. All files are read
/// again as an opening would read them ([Scrub]); generations that come out lower fall back to
/// there, durably: a new file begins with the lower positions, and only then the block is given up.
/// A relocated block commits no position and leaves no gap: all of its file is read again. Until
/// the reading thread has taken the fallback, blocks of the generation commit no progress, as they
/// would bridge the gap. Where the generation is known no more, because its log file is gone, the
/// block is lost, and counted as such.
///
/// Guarded by the buffer's lock.
final class RuntimeCorruption {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeCorruption.class);

  private final PendingBlocks pending;
  private final CommittedPositions positions;
  private final Journal journal;
  private final BufferMetrics metrics;
  private final List<Position> fallbacks = new ArrayList<>();
  private final List<UnreadableBlock> unseen = new ArrayList<>();

  /// What was given up after it was handed out, by where it lay; until whoever has it lets go of
  /// it.
  private final Map<Long, UnreadableBlock> gone = new HashMap<>();

  private DamageReport report;

  private record Suspect(PendingFile file, int index) {}

  /// Unreadable, and not yet looked at.
  private final List<Suspect> suspected = new ArrayList<>();

  /// Unreadable, looked at, and not yet given up.
  private final List<Suspect> examined = new ArrayList<>();

  /// Positions fell back, and no file says so yet: no block is given up before.
  private boolean headOwed;

  /// A file was given up, and what can be read of it was not looked at to the end.
  private boolean fileGivenUp;

  RuntimeCorruption(Opening opened, BufferMetrics metrics) {
    this.pending = opened.pending();
    this.positions = opened.positions();
    this.journal = opened.journal();
    this.report = opened.damage();
    this.metrics = metrics;
  }

  DamageReport report() {
    return report;
  }

  /// Positions that fell back since this was asked last; commits of their generations count again
  /// from now on.
  List<Position> takeFallbacks() {
    List<Position> taken = List.copyOf(fallbacks);
    fallbacks.clear();
    positions.releaseAll();
    return taken;
  }

  /// What was given up since this was asked last, and was not handed out before.
  List<UnreadableBlock> takeUnreadable() {
    List<UnreadableBlock> taken = List.copyOf(unseen);
    unseen.clear();
    return taken;
  }

  boolean isGone(long reference) {
    return gone.containsKey(reference);
  }

  /// Whoever had a block lets go of it: if it was given up, nobody asks for it again.
  void forget(long reference) {
    if (gone.remove(pending.resolve(reference)) != null) {
      pending.forgetMoves(reference);
    }
  }

  int goneBlocks() {
    return gone.size();
  }

  /// @throws BlockGoneException when the block that lay there was given up
  void check(long reference) {
    UnreadableBlock block = gone.get(reference);
    if (block != null) {
      throw new BlockGoneException(
          "the block " + PendingBlocks.text(reference) + " could not be read back",
          block.container(),
          block.records(),
          block.payloadBytes(),
          block.lost());
    }
  }

  /// A block can't be read: nobody gets it any more, and its records count as unread. It leaves the
  /// queue when it is known, durably, from where its lines are read again.
  ///
  /// @param seen whether it was handed out, so that shipping counts it
  void unreadable(PendingFile file, int index, boolean seen) {
    if (file.isDone(index) || file.isBroken(index)) {
      return;
    }
    file.broken(index);
    suspected.add(new Suspect(file, index));
    boolean lost = !positions.knows(file.owner(index).generation());
    note(file, index, seen, lost);
    report = report.andBlock(file.payloadBytes(index), lost);
    LOG.atError()
        .setMessage("queued block is unreadable")
        .addKeyValue("file", file.path())
        .addKeyValue("position", file.position(index))
        .addKeyValue("payloadBytes", file.payloadBytes(index))
        .addKeyValue("lost", lost)
        .log();
  }

  /// Begins to look for what else can't be read, and from where it is read again; no file is
  /// deleted until [#end].
  ///
  /// @return null when there is no reason to
  @Nullable Scrub begin() {
    fileGivenUp |= journal.takeFileGivenUp();
    if (suspected.isEmpty() && examined.isEmpty() && !headOwed && !fileGivenUp) {
      return null;
    }
    examined.addAll(suspected);
    suspected.clear();
    journal.retention().keepFiles(true);
    return new Scrub(pending, positions);
  }

  /// Draws the consequences: lower positions, durably, and then the blocks leave the queue.
  ///
  /// @throws BufferException when there is no room to note it; the blocks stay, unreadable, and are
  ///   looked at again
  void apply(Scrub scrub) throws IOException {
    for (PendingFile file : pending.files()) {
      for (int i = 0; i < scrub.blocks(file); i++) {
        if (!file.isDone(i) && !file.isBroken(i) && !scrub.isReadable(file, i)) {
          unreadable(file, i, file.isHanded(i));
        }
      }
    }
    examined.addAll(suspected);
    suspected.clear();
    fileGivenUp = false;
    Map<GenerationId, Position> fallen = new LinkedHashMap<>();
    scrub.fallen().forEach(position -> fallen.put(position.generation(), position));
    for (Suspect suspect : examined) {
      GenerationId generation = suspect.file.owner(suspect.index).generation();
      boolean leavesNoGap =
          suspect.file.isRelocated(suspect.index) || scrub.isReadable(suspect.file, suspect.index);
      if (leavesNoGap && positions.knows(generation)) {
        fallen.put(generation, positions.of(generation).withOffsets(0, 0));
      }
    }
    if (!fallen.isEmpty()) {
      fallBack(fallen);
    }
    if (headOwed) {
      journal.roll(true);
      headOwed = false;
    }
    for (Suspect suspect : examined) {
      pending.giveUp(suspect.file, suspect.index);
    }
    examined.clear();
  }

  private void fallBack(Map<GenerationId, Position> fallen) {
    fallen.values().forEach(positions::fallBack);
    fallbacks.removeIf(position -> fallen.containsKey(position.generation()));
    fallbacks.addAll(fallen.values());
    headOwed = true;
    report = report.andFallbacks(fallen.size());
    LOG.atWarn()
        .setMessage("committed positions moved back; logs are read again from there")
        .addKeyValue("positions", fallen.values())
        .log();
  }

  /// Files may be deleted again.
  void end() {
    journal.retention().keepFiles(false);
  }

  private void note(PendingFile file, int index, boolean seen, boolean lost) {
    UnreadableBlock block =
        new UnreadableBlock(
            file.owner(index).container(), file.records(index), file.payloadBytes(index), lost);
    if (seen) {
      gone.put(PendingBlocks.reference(file.number(), file.position(index)), block);
    } else {
      unseen.add(block);
    }
    metrics.unreadable();
    metrics.damaged(block.payloadBytes());
    if (lost) {
      metrics.lost();
    }
  }
}
