package dev.longshore.agent.ship.encode;

import java.util.Arrays;

/// The keys that a body has had, object by object, to find one that stands twice: Elasticsearch
/// refuses the whole document then. Reused for each body; a large body's tables are let go.
final class KeySet {
  private static final int INITIAL_SLOTS = 512;
  private static final int KEPT_SLOTS = 16 * 1024;

  /// Longer chains do not come by chance: the body is made to be slow, and counts as refused.
  private static final int MAX_PROBES = 64;

  private int[] slots = new int[INITIAL_SLOTS];
  private int[] stamps = new int[INITIAL_SLOTS];
  private int stamp;

  private int count;
  private long[] hashes = new long[INITIAL_SLOTS / 2];
  private int[] objects = new int[INITIAL_SLOTS / 2];
  private int[] ends = new int[INITIAL_SLOTS / 2];
  private byte[] names = new byte[8 * 1024];

  /// Forgets all keys.
  void clear() {
    if (slots.length > KEPT_SLOTS) {
      slots = new int[INITIAL_SLOTS];
      stamps = new int[INITIAL_SLOTS];
      hashes = new long[INITIAL_SLOTS / 2];
      objects = new int[INITIAL_SLOTS / 2];
      ends = new int[INITIAL_SLOTS / 2];
      names = new byte[8 * 1024];
      stamp = 0;
    }
    count = 0;
    if (++stamp == Integer.MAX_VALUE) {
      Arrays.fill(stamps, 0);
      stamp = 1;
    }
  }

  /// Takes the text between a key's quotes.
  ///
  /// @param object which object of the body it is of
  /// @return false when the object has that key already
  boolean add(int object, byte[] bytes, int from, int to, boolean escapes) {
    int start = count == 0 ? 0 : ends[count - 1];
    if (names.length - start < to - from) {
      names = Arrays.copyOf(names, Math.max(names.length * 2, start + to - from));
    }
    int end;
    if (escapes) {
      end = JsonStrings.unescape(bytes, from, to, names, start);
    } else {
      end = start + to - from;
      System.arraycopy(bytes, from, names, start, to - from);
    }
    long hash = Fields.hash(names, start, end - start);
    if (count == hashes.length) {
      grow();
    }
    hashes[count] = hash;
    objects[count] = object;
    ends[count] = end;
    int slot = slot(hash, object);
    for (int probe = 0; stamps[slot] == stamp; probe++) {
      if (probe == MAX_PROBES || same(slots[slot], object, hash, start, end)) {
        count++;
        return false;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    stamps[slot] = stamp;
    slots[slot] = count++;
    return true;
  }

  private boolean same(int entry, int object, long hash, int start, int end) {
    if (objects[entry] != object || hashes[entry] != hash) {
      return false;
    }
    int other = entry == 0 ? 0 : ends[entry - 1];
    return Arrays.equals(names, start, end, names, other, ends[entry]);
  }

  private int slot(long hash, int object) {
    long mixed = (hash + object) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & (slots.length - 1);
  }

  private void grow() {
    int larger = count * 2;
    hashes = Arrays.copyOf(hashes, larger);
    objects = Arrays.copyOf(objects, larger);
    ends = Arrays.copyOf(ends, larger);
    slots = new int[larger * 2];
    stamps = new int[larger * 2];
    stamp = 1;
    for (int entry = 0; entry < count; entry++) {
      int slot = slot(hashes[entry], objects[entry]);
      while (stamps[slot] == stamp) {
        slot = (slot + 1) & (slots.length - 1);
      }
      stamps[slot] = stamp;
      slots[slot] = entry;
    }
  }

  /// The last key's text, without escapes: `names()[lastStart() .. lastEnd())`.
  byte[] names() {
    return names;
  }

  int lastStart() {
    return count == 1 ? 0 : ends[count - 2];
  }

  int lastEnd() {
    return ends[count - 1];
  }

  long lastHash() {
    return hashes[count - 1];
  }
}
