package dev.longshore.agent.buffer;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a walk over a queue file ([FileScan]) yields, in the file's order: its entries, without the
/// payload of blocks, and the stretches that hold none.
sealed interface Entry {

  /// What one entry says of one generation: how far it was and how far it is.
  record Commit(GenerationId generation, Position from, Position to) {

    private static Commit read(int version, ByteBuffer body) {
      GenerationId generation = EntryFormat.generation(body);
      Position from = new Position(generation, body.getLong(), body.getLong());
      long stdout = body.getLong();
      long stderr = body.getLong();
      long tailOffset = version == 1 ? Position.NO_TAIL : body.getLong();
      int tailChecksum = version == 1 ? 0 : body.getInt();
      return new Commit(
          generation, from, new Position(generation, stdout, stderr, tailOffset, tailChecksum));
    }

    private static List<Commit> read(int version, ByteBuffer body, int count) {
      List<Commit> commits = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        commits.add(read(version, body));
      }
      return commits;
    }
  }

  /// A part of a file's head.
  ///
  /// @param opening whether it was written when the buffer was opened
  /// @param before the number of the file before, −1 when there is none
  /// @param oldest the number of the oldest file that is needed
  record Head(boolean opening, int before, int oldest, int part, int parts, List<Commit> commits)
      implements Entry {}

  /// A block, for the first time or again.
  ///
  /// @param position where it begins
  /// @param origin the reference under which it was appended before, or −1
  record Queued(
      int position,
      int bodyBytes,
      GenerationId generation,
      int records,
      long firstTimestampNanos,
      int snapshotAt,
      long origin,
      List<Commit> commits,
      int payloadBytes)
      implements Entry {}

  /// @param position where it begins
  record SharedSnapshot(int position, ContainerRef container) implements Entry {}

  /// Blocks that are done, by their references.
  record Acknowledged(long[] references) implements Entry {}

  /// A position that no block commits.
  record Committed(Commit commit) implements Entry {}

  /// A generation of which no name exists.
  record Forgotten(GenerationId generation) implements Entry {}

  /// The number of the oldest file that is needed.
  record Oldest(int number) implements Entry {}

  /// A stretch without a right checksum.
  ///
  /// @param torn whether nothing readable follows it
  record Damaged(long bytes, boolean torn) implements Entry {}

  /// Something of the file, or all of it, could not be read from the disk.
  record Unreadable(IOException cause) implements Entry {}

  /// Reads an entry whose checksum is right.
  ///
  /// @param version of the entry's format
  /// @param position where the entry begins
  /// @param body stands at its first byte
  static Entry read(int version, int kind, int position, ByteBuffer body) {
    return switch (kind) {
      case EntryFormat.HEAD -> head(version, body);
      case EntryFormat.BLOCK, EntryFormat.RELOCATED -> queued(version, position, body);
      case EntryFormat.SNAPSHOT ->
          new SharedSnapshot(position, EntryFormat.snapshot(body).container());
      case EntryFormat.ACKNOWLEDGED -> {
        long[] references = new long[body.getInt()];
        body.asLongBuffer().get(references);
        yield new Acknowledged(references);
      }
      case EntryFormat.COMMITTED -> new Committed(Commit.read(version, body));
      case EntryFormat.FORGOTTEN -> new Forgotten(EntryFormat.generation(body));
      case EntryFormat.OLDEST -> new Oldest(body.getInt());
      default -> throw new IllegalStateException("an entry of kind " + kind);
    };
  }

  private static Head head(int version, ByteBuffer body) {
    boolean opening = body.getInt() != 0;
    int before = body.getInt();
    int oldest = body.getInt();
    int part = body.getInt();
    int parts = body.getInt();
    int commits = body.getInt();
    return new Head(opening, before, oldest, part, parts, Commit.read(version, body, commits));
  }

  private static Queued queued(int version, int position, ByteBuffer body) {
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
    return new Queued(
        position,
        bodyBytes,
        generation,
        records,
        first,
        snapshotAt,
        origin,
        Commit.read(version, body, commits),
        bodyBytes - EntryFormat.BLOCK_FIXED_BYTES - commits * EntryFormat.commitBytes(version));
  }
}
