package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A container's log as the tests see it: what stands at each offset is a function of the offset,
/// so that any block can be checked on its own.
final class LogFile {
  static final long FIRST_TIMESTAMP_NANOS = 1_790_000_000_000_000_000L;

  final GenerationId generation;
  final Snapshot snapshot;
  private long end;

  LogFile(int number) {
    this(number, Snapshot.ID_VERSION);
  }

  /// @param idVersion of its documents
  LogFile(int number, int idVersion) {
    generation =
        GenerationId.of(
            "/var/log/pods/shop_checkout-7d9f_" + number + "/checkout",
            ("2026-11-23T06:00:00.00000000" + number + "Z stdout F started")
                .getBytes(StandardCharsets.UTF_8),
            0);
    snapshot = withIds(snapshot(number, 1), idVersion);
  }

  /// The same of a block whose documents have ids of this version.
  static Snapshot withIds(Snapshot snapshot, int version) {
    return new Snapshot(
        snapshot.container(),
        snapshot.dataStream(),
        snapshot.fieldsJson(),
        snapshot.path(),
        snapshot.parseJson(),
        snapshot.numbers(),
        snapshot.datasetRefused(),
        snapshot.redact(),
        version);
  }

  static Snapshot snapshot(int number, int revision) {
    ContainerRef container =
        new ContainerRef("shop", "checkout-7d9f-" + number, "uid-" + number, "checkout");
    return new Snapshot(
        container,
        "logs-kubernetes.container_logs-default",
        ("\"kubernetes\":{\"labels\":{\"app\":\"checkout\",\"revision\":\"" + revision + "\"}}")
            .getBytes(StandardCharsets.UTF_8),
        "/var/log/pods/shop_checkout-7d9f_" + number + "/checkout/0.log",
        true,
        List.of("durationMs"));
  }

  /// How far it was put into blocks.
  long end() {
    return end;
  }

  /// Reading resumes there.
  void resumeAt(long offset) {
    end = offset;
  }

  /// Fills a block with the next records, as framing would.
  ///
  /// @param recordBytes length of each
  void fill(Block block, int records, int recordBytes) {
    long base = end;
    block.reset(generation, LogFormat.CRI, base);
    byte[] raw = new byte[recordBytes];
    for (int i = 0; i < records; i++) {
      content(end, raw);
      block.add(0, end, recordBytes, 0, timestampAt(end), raw, 0, recordBytes);
      end += recordBytes;
    }
    block.snapshot(snapshot);
    block.commit(new Position(generation, end, end));
  }

  /// The runtime's timestamp of the record at an offset.
  static long timestampAt(long offset) {
    return FIRST_TIMESTAMP_NANOS + offset;
  }

  private void content(long offset, byte[] raw) {
    long state = generation.high() ^ offset * 0x9e3779b97f4a7c15L;
    for (int i = 0; i < raw.length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      raw[i] = (byte) (state >>> 40);
    }
  }

  /// Whether each record of the block is what stands in this file.
  boolean wrote(Block block) {
    RecordCursor cursor = new RecordCursor();
    cursor.over(block);
    int records = 0;
    while (cursor.advance()) {
      byte[] raw = new byte[cursor.rawBytes()];
      content(cursor.start(), raw);
      for (int i = 0; i < raw.length; i++) {
        if (raw[i] != block.payload()[cursor.rawOffset() + i]) {
          return false;
        }
      }
      records++;
    }
    return records == block.records()
        && block.generation().equals(generation)
        && block.snapshot().equals(snapshot);
  }
}
