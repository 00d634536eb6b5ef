package dev.longshore.agent.ship.encode;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.filter.PodFilters;
import java.util.Arrays;

/// Makes a record into a document.
public interface RecordEncoder {

  /// Appends the record at which the cursor stands, as one item.
  ///
  /// @param reference the block's, for [BulkBody#endItem]
  /// @param ordinal which record of the block it is, from 0
  /// @param safe whether to move aside what a mapping could refuse
  /// @throws RuntimeException when the record can't be encoded; what was written is taken back
  void encode(
      Block block, RecordCursor cursor, long reference, int ordinal, boolean safe, BulkBody body);

  /// Which of the operator's rules leaves the record out of the index, or [PodFilters#SHIPPED]. It
  /// is asked once for each record that is left out.
  default int filteredBy(Block block, RecordCursor cursor) {
    return PodFilters.SHIPPED;
  }

  /// The name of such a rule.
  default String filterName(int rule) {
    throw new IllegalArgumentException("there is no rule " + rule);
  }

  /// The record's text for a dead letter: its lines as they stood in the file, or, where something
  /// in it is redacted, its message.
  default byte[] original(Block block, RecordCursor cursor) {
    int from = cursor.rawOffset();
    return Arrays.copyOfRange(block.payload(), from, from + cursor.rawBytes());
  }
}
