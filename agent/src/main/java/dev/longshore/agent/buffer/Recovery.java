package dev.longshore.agent.buffer;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the files of earlier runs: which blocks are unacknowledged, how far each generation is,
/// what is damaged.
///
/// Used once, by the thread that opens the buffer.
final class Recovery implements FileScan.Visitor {

  /// What is unacknowledged of one container.
  record Found(long records, long payloadBytes) {}

  private final PendingBlocks pending = new PendingBlocks();
  private final PositionsRecovery positions = new PositionsRecovery();
  private final List<Path> useless = new ArrayList<>();
  private final Map<ContainerRef, Integer> containerNumbers = new HashMap<>();
  private final List<ContainerRef> containers = new ArrayList<>();

  /// Beside each file's blocks: container and records; gone after the recovery.
  private final List<Beside> beside = new ArrayList<>();

  private final Map<Integer, Integer> containerBySnapshot = new HashMap<>();
  private PendingFile file = new PendingFile(-1, Path.of(""));
  private int damagedFiles;
  private int damagedRegions;
  private long damagedBytes;
  private int tornTails;
  private boolean found;

  private static final class Beside {
    private int[] container = new int[16];
    private int[] records = new int[16];

    void put(int index, int whose, int count) {
      if (index == container.length) {
        container = Arrays.copyOf(container, index + (index >> 1));
        records = Arrays.copyOf(records, container.length);
      }
      container[index] = whose;
      records[index] = count;
    }
  }

  /// Reads all files, oldest first.
  void read(List<Path> files) throws IOException {
    FileScan scan = new FileScan();
    int last = -1;
    for (Path path : files) {
      int number = QueueFiles.number(path);
      if (last >= 0 && number > last + 1) {
        damagedFiles += number - last - 1;
      }
      last = number;
      file = new PendingFile(number, path);
      beside.add(new Beside());
      containerBySnapshot.clear();
      found = false;
      positions.file(number);
      file.written(scan.scan(path, this));
      if (file.isEvidence()) {
        damagedFiles++;
      }
      if (found) {
        pending.addFile(file);
      } else {
        beside.removeLast();
        useless.add(path);
      }
    }
  }

  @Override
  public void excerpt(int kind, int position, ByteBuffer body) {
    found = true;
    switch (kind) {
      case Excerpt.HEAD -> positions.head(body);
      case Excerpt.BLOCK, Excerpt.CARRIED -> block(position, body);
      case Excerpt.SNAPSHOT -> snapshot(position, Excerpt.snapshot(body));
      case Excerpt.ACKNOWLEDGED -> {
        int count = body.getInt();
        for (int i = 0; i < count; i++) {
          done(body.getLong());
        }
      }
      case Excerpt.STATED -> positions.stated(PositionsRecovery.Statement.read(body));
      case Excerpt.FORGOTTEN -> positions.forgotten(Excerpt.generation(body));
      default -> throw new IllegalStateException("an excerpt of kind " + kind);
    }
  }

  private void snapshot(int position, Snapshot snapshot) {
    Integer number = containerNumbers.get(snapshot.container());
    if (number == null) {
      number = containers.size();
      containerNumbers.put(snapshot.container(), number);
      containers.add(snapshot.container());
    }
    containerBySnapshot.put(position, number);
  }

  private void block(int position, ByteBuffer body) {
    int begin = body.position();
    int bodyBytes = body.remaining();
    GenerationId ignored = Excerpt.generation(body);
    body.get();
    int statements = body.get() & 0xff;
    body.getLong();
    int records = body.getInt();
    long first = body.getLong();
    body.getLong();
    int snapshotAt = body.getInt();
    long origin = body.getLong();
    Integer container = containerBySnapshot.get(snapshotAt);
    if (container == null) {
      // Without its snapshot it can't be shipped; what it states is a gap then.
      damaged(bodyBytes, false);
      return;
    }
    body.position(begin + Excerpt.BLOCK_FIXED_BYTES);
    for (int i = 0; i < statements; i++) {
      positions.stated(PositionsRecovery.Statement.read(body));
    }
    int payloadBytes = bodyBytes - Excerpt.BLOCK_FIXED_BYTES - statements * Excerpt.STATEMENT_BYTES;
    beside.getLast().put(file.count(), container, records);
    file.add(position, payloadBytes, first, true, false);
    if (origin >= 0) {
      file.carried(file.count() - 1);
    }
    if (origin >= 0) {
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
    for (int f = 0; f < pending.files().size(); f++) {
      PendingFile in = pending.files().get(f);
      Beside more = beside.get(f);
      for (int i = 0; i < in.count(); i++) {
        if (!in.isDone(i)) {
          Found one = new Found(more.records[i], in.payloadBytes(i));
          sums.merge(
              containers.get(more.container[i]),
              one,
              (a, b) -> new Found(a.records() + b.records(), a.payloadBytes() + b.payloadBytes()));
        }
      }
    }
    return sums;
  }
}
