package dev.longshore.agent.buffer;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
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
/// Used once, by the thread that opens the buffer.
final class Recovery implements FileScan.Visitor {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /// What is unacknowledged of one container.
  record Found(long records, long payloadBytes) {}

  private final PendingBlocks pending = new PendingBlocks();
  private final PositionsRecovery positions = new PositionsRecovery();
  private final List<Path> useless = new ArrayList<>();
  private final Map<Integer, ContainerRef> containerBySnapshot = new HashMap<>();

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
  /// @throws IOException when reading is not permitted, or the thread is interrupted
  void read(List<Path> files, FolderWatch watch) throws IOException {
    FileScan scan = new FileScan(watch);
    for (Path path : files) {
      file = new PendingFile(QueueFiles.number(path), path);
      containerBySnapshot.clear();
      found = false;
      positions.file(file.number());
      file.written(scan.scan(path, this));
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

  /// What a head says of the files before.
  private void neighbours(ByteBuffer body) {
    int at = body.position() + Integer.BYTES;
    int before = body.getInt(at);
    oldestNeeded = Math.max(oldestNeeded, body.getInt(at + Integer.BYTES));
    if (fileBefore < 0) {
      beforeFirst = before;
    } else if (before > fileBefore) {
      damagedFiles++;
    }
  }

  @Override
  public void entry(int version, int kind, int position, ByteBuffer body) {
    found = true;
    switch (kind) {
      case EntryFormat.HEAD -> {
        neighbours(body);
        positions.head(version, body);
      }
      case EntryFormat.BLOCK, EntryFormat.RELOCATED -> block(version, position, body);
      case EntryFormat.SNAPSHOT ->
          containerBySnapshot.put(position, EntryFormat.snapshot(body).container());
      case EntryFormat.ACKNOWLEDGED -> {
        int count = body.getInt();
        for (int i = 0; i < count; i++) {
          done(body.getLong());
        }
      }
      case EntryFormat.COMMITTED ->
          positions.committed(PositionsRecovery.Commit.read(version, body));
      case EntryFormat.FORGOTTEN -> positions.forgotten(EntryFormat.generation(body));
      case EntryFormat.OLDEST -> oldestNeeded = Math.max(oldestNeeded, body.getInt());
      default -> throw new IllegalStateException("an entry of kind " + kind);
    }
  }

  private void block(int version, int position, ByteBuffer body) {
    int begin = body.position();
    int bodyBytes = body.remaining();
    GenerationId generation = EntryFormat.generation(body);
    body.get();
    int commits = body.get() & 0xff;
    body.getLong();
    int records = body.getInt();
    long first = body.getLong();
    body.getLong();
    int snapshotAt = body.getInt();
    long origin = body.getLong();
    ContainerRef container = containerBySnapshot.get(snapshotAt);
    if (container == null) {
      // Without its snapshot it can't be shipped; what it commits is a gap then.
      damaged(bodyBytes, false);
      return;
    }
    body.position(begin + EntryFormat.BLOCK_FIXED_BYTES);
    for (int i = 0; i < commits; i++) {
      positions.committed(PositionsRecovery.Commit.read(version, body));
    }
    int payloadBytes =
        bodyBytes - EntryFormat.BLOCK_FIXED_BYTES - commits * EntryFormat.commitBytes(version);
    file.add(position, new PendingFile.Owner(generation, container), payloadBytes, records, first);
    file.recovered(file.count() - 1);
    if (origin >= 0) {
      file.relocated(file.count() - 1);
      done(origin);
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

  @Override
  public void damaged(long bytes, boolean torn) {
    damagedRegions++;
    damagedBytes += bytes;
    if (torn) {
      tornTails++;
    } else {
      file.evidence();
    }
  }

  @Override
  public void unreadable(IOException cause) {
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

  DamageReport damage() {
    return new DamageReport(
        damagedFiles, damagedRegions, damagedBytes, tornTails, positions.rolledBack(), 0);
  }

  /// What is unacknowledged, by container.
  Map<ContainerRef, Found> unacknowledged() {
    Map<ContainerRef, Found> sums = new LinkedHashMap<>();
    for (PendingFile in : pending.files()) {
      for (int i = 0; i < in.count(); i++) {
        if (!in.isDone(i)) {
          Found one = new Found(in.records(i), in.payloadBytes(i));
          sums.merge(
              in.owner(i).container(),
              one,
              (a, b) -> new Found(a.records() + b.records(), a.payloadBytes() + b.payloadBytes()));
        }
      }
    }
    return sums;
  }
}
