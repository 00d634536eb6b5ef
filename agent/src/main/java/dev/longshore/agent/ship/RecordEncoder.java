package dev.longshore.agent.ship;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.RecordCursor;

/// Turns a record into an item of a bulk body.
@FunctionalInterface
public interface RecordEncoder {

  /// Appends the record at which the cursor stands, as one item.
  ///
  /// @param reference the block's, for [BulkBody#endItem]
  /// @param ordinal which record of the block it is, from 0
  /// @param safe whether to move aside what a mapping could refuse
  /// @throws RuntimeException when the record can't be encoded; what was written is taken back
  void encode(
      Block block, RecordCursor cursor, long reference, int ordinal, boolean safe, BulkBody body);
}
