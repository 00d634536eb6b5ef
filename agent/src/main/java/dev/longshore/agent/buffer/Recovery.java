package dev.longshore.agent.buffer;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the files of earlier runs: which blocks are unacknowledged, how far each generation is,
/// what is damaged.
///
/// A fold over the entries of all files ([Entry]). Used once: by the thread that opens the buffer,
/// or by a [Scrub].
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /// What is unacknowledged of one container.
  record Unacknowledged(long records, long payloadBytes) {}

  private final PendingBlocks pending = new PendingBlocks();
  private final PositionsRecovery positions = new PositionsRecovery();
  private final List<Path> useless = new ArrayList<>();
  private final Map<Integer, ContainerRef> containerBySnapshot = new HashMap<>();

  /// Whose each generation is of which a block can be read.
  private final Map<GenerationId, ContainerRef> containers = new HashMap<>();

  /// The file before this one that could be read, and the one before the first; −1 for none.
  private int fileBefore = -1;

  private int beforeFirst = -1;

  /// The oldest file that is needed, as far as the files say.
  private int oldestNeeded = -1;

  private PendingFile file = new PendingFile(-1, Path.of(""));
  private int damagedFiles;
  private int damagedRegions;
  private long damagedBytes;
  private int tornTails;
  private boolean found;

  /// Files from this number on are needed, whatever they say themselves.
  void needed(int number) {
    oldestNeeded = number;
  }

  /// Reads all files, oldest first. What can't be read of one, or a whole one, is a gap between
  /// what the others commit.
  ///
  /// @throws IOException when reading is not permitted, the thread is interrupted, or there is a
  ///   [Shortage]
  void read(List<Path> files, FolderWatch watch) throws IOException {
    FileScan scan = new FileScan(watch);
    for (Path path : files) {
      file = new PendingFile(QueueFiles.number(path), path);
      containerBySnapshot.clear();
      found = false;
      positions.file(file.number());
      file.written(scan.scan(path, this::add));
      if (file.isEvidence()) {
        damagedFiles++;
      }
      if (found) {
        pending.addFile(file);
        fileBefore = file.number();
      } else {
        useless.add(path);
      }
    }
    int first = pending.files().isEmpty() ? -1 : pending.files().getFirst().number();
    if (oldestNeeded >= 0 && oldestNeeded < first) {
      damagedFiles++;
      positions.missingBefore(oldestNeeded == beforeFirst);
    }
  }

  private void add(Entry entry) {
    switch (entry) {
      case Entry.Damaged(long bytes, boolean torn) -> damaged(bytes, torn);
      case Entry.Unreadable(IOException cause) -> unreadable(cause);
      case Entry.Queued block -> {
        found = true;
        ContainerRef container = containerBySnapshot.get(block.snapshotAt());
        if (container == null) {
          // Without its snapshot it can't be shipped; what it commits is a gap then.
          damaged(block.bodyBytes(), false);
        } else {
          positions.add(block);
          containers.put(block.generation(), container);
          block(block, container);
        }
      }
      case Entry.Head head -> {
        found = true;
        neighbours(head);
        positions.add(head);
      }
      case Entry.SharedSnapshot(int position, ContainerRef container) -> {
        found = true;
        containerBySnapshot.put(position, container);
      }
      case Entry.Acknowledged(long[] references) -> {
        found = true;
        for (long reference : references) {
          done(reference);
        }
      }
      case Entry.Oldest(int number) -> {
        found = true;
        oldestNeeded = Math.max(oldestNeeded, number);
      }
      case Entry.Committed _, Entry.Forgotten _ -> {
        found = true;
        positions.add(entry);
      }
    }
  }

  /// What a head says of the files before.
  private void neighbours(Entry.Head head) {
    oldestNeeded = Math.max(oldestNeeded, head.oldest());
    if (fileBefore < 0) {
      beforeFirst = head.before();
    } else if (head.before() > fileBefore) {
      damagedFiles++;
    }
  }

  private void block(Entry.Queued block, ContainerRef container) {
    file.add(
        block.position(),
        new PendingFile.Owner(block.generation(), container),
        block.payloadBytes(),
        block.records(),
        block.firstTimestampNanos());
    file.recovered(file.count() - 1);
    if (block.origin() >= 0) {
      file.relocated(file.count() - 1);
      done(block.origin());
    }
  }

  private void done(long reference) {
    PendingFile in = null;
    if (PendingBlocks.number(reference) == file.number()) {
      in = file;
    }
    for (PendingFile earlier : pending.files()) {
      if (earlier.number() == PendingBlocks.number(reference)) {
        in = earlier;
      }
    }
    if (in == null) {
      return;
    }
    int index = in.find(PendingBlocks.position(reference));
    if (index >= 0) {
      in.done(index);
    }
  }

  private void damaged(long bytes, boolean torn) {
    damagedRegions++;
    damagedBytes += bytes;
    if (torn) {
      tornTails++;
    } else {
      file.evidence();
    }
  }

  private void unreadable(IOException cause) {
    file.evidence();
    LOG.atError()
        .setMessage("queue file could not be read; its blocks are read again from the logs")
        .addKeyValue("file", file.path())
        .setCause(cause)
        .log();
  }

  /// The files that hold something, with what is unacknowledged in them.
  List<PendingFile> files() {
    return pending.files();
  }

  /// Files in which there is nothing readable.
  List<Path> useless() {
    return useless;
  }

  List<Position> positions() {
    return positions.positions();
  }

  /// How far each generation was when the last file began.
  List<Position> positionsAtLastFile() {
    return positions.atLastFile();
  }

  /// What can't be read of generations whose container is known.
  Map<GenerationId, Gap> gaps() {
    Map<GenerationId, Gap> gaps = new HashMap<>();
    positions
        .gapBytes()
        .forEach(
            (generation, bytes) -> {
              ContainerRef container = containers.get(generation);
              if (container != null) {
                gaps.put(generation, new Gap(container, bytes));
              }
            });
    return gaps;
  }

  DamageReport damage() {
    return new DamageReport(
        damagedFiles, damagedRegions, damagedBytes, tornTails, positions.rolledBack(), 0);
  }

  /// What is unacknowledged, by container.
  Map<ContainerRef, Unacknowledged> unacknowledged() {
    Map<ContainerRef, Unacknowledged> sums = new LinkedHashMap<>();
    for (PendingFile in : pending.files()) {
      for (int i = 0; i < in.count(); i++) {
        if (!in.isDone(i)) {
          Unacknowledged one = new Unacknowledged(in.records(i), in.payloadBytes(i));
          sums.merge(
              in.owner(i).container(),
              one,
              (a, b) ->
                  new Unacknowledged(
                      a.records() + b.records(), a.payloadBytes() + b.payloadBytes()));
        }
      }
    }
    return sums;
  }
}
