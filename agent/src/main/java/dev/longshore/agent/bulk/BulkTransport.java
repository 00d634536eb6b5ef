package dev.longshore.agent.bulk;

import dev.longshore.shared.elastic.BulkReply;
import java.util.concurrent.CompletableFuture;

/// Sends a bulk request.
@FunctionalInterface
public interface BulkTransport {

  /// Sends `items` operations to one data stream.
  ///
  /// @param body newline-delimited JSON up to `length`; it must not change until the reply is there
  /// @param withIndexNames whether the reply shall name each item's backing index
  /// @return what came of it; never completes exceptionally
  CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames);
}
