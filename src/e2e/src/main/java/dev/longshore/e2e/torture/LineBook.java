package dev.longshore.e2e.torture;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/// Where each line of a container was written, by the line's number. Written by the node's thread;
/// read by others when writing is over, but for [#lines].
final class LineBook {
  private int[] generations = new int[1024];
  private int[] offsets = new int[1024];
  private int[] lengths = new int[1024];
  private int[] records = new int[1024];
  private int[] times = new int[1024];
  private int[] writtenTimes = new int[1024];
  private final BitSet poison = new BitSet();
  private volatile int lines;
  private int recordCount;

  /// The number of the next line.
  int lines() {
    return lines;
  }

  /// The number of a new record.
  int newRecord() {
    return recordCount++;
  }

  /// @param generation index of the file generation in its container
  /// @param offset where the line begins in it
  /// @param length with its line feed
  /// @param record which lines belong together
  /// @param isPoison whether Elasticsearch is made to refuse it
  void add(int generation, long offset, int length, int record, boolean isPoison, long atMillis) {
    int line = lines;
    if (line == offsets.length) {
      int more = line * 2;
      generations = Arrays.copyOf(generations, more);
      offsets = Arrays.copyOf(offsets, more);
      lengths = Arrays.copyOf(lengths, more);
      records = Arrays.copyOf(records, more);
      times = Arrays.copyOf(times, more);
      writtenTimes = Arrays.copyOf(writtenTimes, more);
    }
    generations[line] = generation;
    offsets[line] = Math.toIntExact(offset);
    lengths[line] = length;
    records[line] = record;
    times[line] = Math.toIntExact(atMillis);
    writtenTimes[line] = times[line];
    if (isPoison) {
      poison.set(line);
    }
    lines = line + 1;
  }

  int generation(int line) {
    return generations[line];
  }

  long offset(int line) {
    return offsets[line];
  }

  int length(int line) {
    return lengths[line];
  }

  int record(int line) {
    return records[line];
  }

  long atMillis(int line) {
    return times[line];
  }

  /// The last byte of the last line is in its file.
  void written(long atMillis) {
    writtenTimes[lines - 1] = Math.toIntExact(atMillis);
  }

  /// The longest time that may lie between two of these lines in their file, as somebody who
  /// follows it sees it.
  long longestPauseMillis(int[] all) {
    long longest = 0;
    for (int i = 1; i < all.length; i++) {
      longest = Math.max(longest, writtenTimes[all[i]] - times[all[i - 1]]);
    }
    return longest;
  }

  boolean isPoison(int line) {
    return poison.get(line);
  }

  int poisonLines() {
    return poison.cardinality();
  }

  int records() {
    return recordCount;
  }

  /// The lines that belong to the record of a line.
  int[] linesOfRecordOf(int line) {
    // The lines of a record stand close together; those of two streams may alternate.
    int record = records[line];
    return IntStream.range(Math.max(0, line - 40), Math.min(lines, line + 40))
        .filter(i -> records[i] == record)
        .toArray();
  }
}
