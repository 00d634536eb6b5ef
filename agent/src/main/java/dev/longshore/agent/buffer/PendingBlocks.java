package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The queue's files, oldest first, and which of their blocks are handed out and acknowledged.
///
/// A reference is the file's number and the block's place in it. A block that is relocated gets a
/// new one; the one that was handed out still leads to it.
///
/// Guarded by the buffer's lock.
final class PendingBlocks {
  /// About 10 MB of the heap.
  static final long MOST_BLOCKS = 400_000;

  private final List<PendingFile> files = new ArrayList<>();

  /// From the reference that was handed out to where the block lies now; only relocated ones.
  private final Map<Long, Long> moved = new HashMap<>();

  private int cursor;
  private long blocks;
  private long bytes;

  static long reference(int number, int position) {
    return (long) number << 32 | position;
  }

  static int number(long reference) {
    return (int) (reference >>> 32);
  }

  static int position(long reference) {
    return (int) reference;
  }

  /// The files, oldest first; the last one is written to.
  List<PendingFile> files() {
    return files;
  }

  PendingFile current() {
    return files.getLast();
  }

  void addFile(PendingFile file) {
    if (!files.isEmpty()) {
      current().full();
    }
    files.add(file);
    blocks += file.pending();
    bytes += file.pendingBytes();
  }

  /// Forgets the oldest file.
  void removeOldest() {
    PendingFile file = files.removeFirst();
    blocks -= file.pending();
    bytes -= file.pendingBytes();
    cursor = Math.max(0, cursor - 1);
  }

  long blocks() {
    return blocks;
  }

  /// Whether there are so many that their memory would hurt: each costs some bytes of the heap
  /// until its file can go.
  boolean isCrowded() {
    return blocks >= MOST_BLOCKS;
  }

  long payloadBytes() {
    return bytes;
  }

  /// A block was appended to the current file.
  void add(int position, Block block) {
    PendingFile.Owner owner =
        new PendingFile.Owner(block.generation(), block.snapshot().container());
    int payload = block.payloadBytes();
    current().add(position, owner, payload, block.records(), block.firstTimestampNanos());
    blocks++;
    bytes += payload;
  }

  /// The reference of the next block that was not handed out, or −1.
  long take() {
    for (; cursor < files.size(); cursor++) {
      PendingFile file = files.get(cursor);
      int index = file.take();
      if (index >= 0) {
        return reference(file.number(), file.position(index));
      }
      if (cursor == files.size() - 1) {
        return -1;
      }
    }
    return -1;
  }

  /// A block that was taken is to be taken again: nobody got it.
  void putBack(long reference) {
    long at = resolve(reference);
    forgetMoves(reference);
    PendingFile of = file(at);
    of.putBack(index(of, at));
    cursor = Math.min(cursor, files.indexOf(of));
  }

  /// Where the block lies now.
  long resolve(long reference) {
    long at = reference;
    for (Long next = moved.get(at); next != null; next = moved.get(at)) {
      at = next;
    }
    return at;
  }

  /// The file in which a resolved reference lies.
  ///
  /// @throws IllegalArgumentException when there is none
  PendingFile file(long reference) {
    int number = number(reference);
    for (PendingFile file : files) {
      if (file.number() == number) {
        return file;
      }
    }
    throw new IllegalArgumentException("no queue file has the block " + text(reference));
  }

  /// The index of a resolved reference in its file.
  ///
  /// @throws IllegalArgumentException when there is no such block
  int index(PendingFile file, long reference) {
    int index = file.find(position(reference));
    if (index < 0) {
      throw new IllegalArgumentException("no block begins at " + text(reference));
    }
    return index;
  }

  static String text(long reference) {
    return number(reference) + ":" + position(reference);
  }

  /// Marks a block as done.
  ///
  /// @param reference as it was handed out
  /// @return where it lies, or −1 when it was done before
  long done(long reference) {
    long at = resolve(reference);
    forgetMoves(reference);
    PendingFile file = file(at);
    int index = index(file, at);
    if (!file.done(index)) {
      return -1;
    }
    blocks--;
    bytes -= file.payloadBytes(index);
    return at;
  }

  /// Nobody asks for a block any more.
  void forgetMoves(long reference) {
    Long next = moved.remove(reference);
    while (next != null) {
      next = moved.remove(next);
    }
  }

  /// A block now lies at `position` in the current file as well; the old place is done.
  void relocated(PendingFile from, int index, int position) {
    PendingFile to = current();
    from.relocate(index, to, position);
    if (from.isHanded(index)) {
      moved.put(reference(from.number(), from.position(index)), reference(to.number(), position));
    }
  }

  /// A block that can't be read no longer holds back its file.
  void giveUp(PendingFile file, int index) {
    if (file.done(index)) {
      blocks--;
      bytes -= file.payloadBytes(index);
    }
  }

  /// The lowest timestamp of each container, in nanoseconds since the epoch; those without any are
  /// left out.
  Map<ContainerRef, Long> oldestTimestamps() {
    Map<ContainerRef, Long> oldest = new HashMap<>();
    for (PendingFile file : files) {
      file.oldest(oldest);
    }
    return oldest;
  }
}
