package dev.longshore.agent.bulk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The body of one bulk request under construction: newline-delimited JSON in one array, with the
/// place of each item and the record that it came from. Reusable; one owner at a time.
public final class BulkBody {
  private static final byte[] ID = "\"_id\":\"".getBytes(StandardCharsets.US_ASCII);

  /// An item's end, its reference and its ordinal.
  private static final int ITEM_BYTES = 4 + 8 + 4;

  private static final int INITIAL_ITEMS = 128;

  private byte[] bytes;
  private int length;
  private int items;
  private int[] ends;
  private long[] references;
  private int[] ordinals;

  public BulkBody(int initialBytes) {
    this(initialBytes, INITIAL_ITEMS);
  }

  /// @param initialItems how many items it has places for, before it grows
  public BulkBody(int initialBytes, int initialItems) {
    bytes = new byte[initialBytes];
    ends = new int[initialItems];
    references = new long[initialItems];
    ordinals = new int[initialItems];
  }

  /// What a body takes of the heap, in bytes.
  public static long heldBytes(int bodyBytes, int items) {
    return bodyBytes + (long) items * ITEM_BYTES;
  }

  /// What this body takes of the heap, in bytes.
  public long heldBytes() {
    return heldBytes(bytes.length, ends.length);
  }

  /// Length of the array, in bytes.
  public int bodyCapacity() {
    return bytes.length;
  }

  /// How many items it has places for.
  public int itemCapacity() {
    return ends.length;
  }

  /// Grows to at least these capacities, exactly.
  public void capacity(int bodyBytes, int newItems) {
    if (bytes.length < bodyBytes) {
      bytes = Arrays.copyOf(bytes, bodyBytes);
    }
    if (ends.length < newItems) {
      growItems(newItems);
    }
  }

  private void growItems(int capacity) {
    ends = Arrays.copyOf(ends, capacity);
    references = Arrays.copyOf(references, capacity);
    ordinals = Arrays.copyOf(ordinals, capacity);
  }

  /// Empties it; the arrays stay.
  public void clear() {
    length = 0;
    items = 0;
  }

  /// Makes room for `more` bytes behind [#length] and returns the array to write them into.
  public byte[] ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length + (bytes.length >> 3), length + more));
    }
    return bytes;
  }

  /// Says up to where the array is written.
  public void length(int end) {
    length = end;
  }

  /// Ends an item, which is everything since the item before.
  ///
  /// @param reference the block that it came from
  /// @param ordinal which record of the block it is, from 0
  public void endItem(long reference, int ordinal) {
    if (items == ends.length) {
      growItems(items * 2);
    }
    ends[items] = length;
    references[items] = reference;
    ordinals[items] = ordinal;
    items++;
  }

  /// Takes back everything behind the first `items` items, ended or not.
  public void truncate(int items) {
    this.items = items;
    length = items == 0 ? 0 : ends[items - 1];
  }

  /// Appends an item of another body as it is.
  public void copyItem(BulkBody from, int item) {
    int start = from.start(item);
    int size = from.end(item) - start;
    System.arraycopy(from.bytes, start, ensure(size), length, size);
    length += size;
    endItem(from.references[item], from.ordinals[item]);
  }

  /// The array; valid up to [#length].
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public int items() {
    return items;
  }

  /// Where an item begins, its action line included.
  public int start(int item) {
    return item == 0 ? 0 : ends[item - 1];
  }

  /// Where an item ends, its last line feed included.
  public int end(int item) {
    return ends[item];
  }

  /// The `_id` in an item's action line; empty when it has none.
  public String id(int item) {
    int end = end(item);
    for (int i = start(item); i + ID.length < end && bytes[i] != '\n'; i++) {
      if (Arrays.equals(bytes, i, i + ID.length, ID, 0, ID.length)) {
        int from = i + ID.length;
        int to = from;
        while (to < end && bytes[to] != '"') {
          to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /// The block that an item came from.
  public long reference(int item) {
    return references[item];
  }

  /// Which record of its block an item is.
  public int ordinal(int item) {
    return ordinals[item];
  }
}
