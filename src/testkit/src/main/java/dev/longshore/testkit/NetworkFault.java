package dev.longshore.testkit;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a [FaultProxy] does to one request.
public sealed interface NetworkFault {

  /// Passes it on, and its answer back.
  record Pass() implements NetworkFault {}

  /// Resets the connection when a part of the body has arrived; nothing is passed on.
  ///
  /// @param part how much of the body is waited for, from 0 to below 1
  record CutRequest(double part) implements NetworkFault {}

  /// Passes it on and waits for the answer, which the client never gets: its connection is reset.
  ///
  /// @param between what is done before the client learns of it
  record LoseAnswer(Runnable between) implements NetworkFault {}

  /// Passes it on, and half of the answer back; then the connection is reset.
  record CutAnswer() implements NetworkFault {}

  /// Passes nothing on and answers itself.
  record Answer(int status, Map<String, String> headers, String body) implements NetworkFault {
    public Answer {
      headers = Map.copyOf(headers);
    }
  }

  /// Passes it on after a while.
  record Delay(Duration duration) implements NetworkFault {}

  /// Takes items out of a bulk request, in place of those that always fail, passes the others on,
  /// and answers for all: an item that is said to have failed was indexed by nobody.
  record FailItems(ItemJudge judge) implements NetworkFault {}

  /// Which items fail.
  @FunctionalInterface
  interface ItemJudge {
    /// @return why the item fails, or null when it passes
    @Nullable ItemRefusal refusal(BulkSink.Item item);
  }

  /// An item's failure, in Elasticsearch's words.
  record ItemRefusal(int status, String type, String reason) {}

  /// A request of which the head has arrived.
  ///
  /// @param contentLength of its body; -1 when it is chunked
  record Request(String method, String path, long contentLength) {
    /// Whether it indexes documents.
    public boolean isBulk() {
      return path.contains("/_bulk");
    }
  }

  /// Decides for each request; asked by many threads.
  @FunctionalInterface
  interface Judge {
    NetworkFault judge(Request request);
  }
}
