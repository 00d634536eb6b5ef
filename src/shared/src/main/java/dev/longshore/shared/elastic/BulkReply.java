package dev.longshore.shared.elastic;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a bulk request ended: answered for each item, refused as a whole, or not known.
public sealed interface BulkReply {

  /// HTTP 200 and understood: exactly as many outcomes as there were items.
  ///
  /// @param statuses HTTP status of each item, in the order of the request
  /// @param failures one for each item that is not 2xx, and for each that went to the failure
  ///   store, in the order of the request
  /// @param indexNames the index that took each item, when that was asked for; an element is null
  ///   when the server gave none
  record Answered(
      short[] statuses, List<ItemFailure> failures, @Nullable String @Nullable [] indexNames)
      implements BulkReply {}

  /// A definite HTTP error for the whole request: any 4xx, or 503 in Elasticsearch's own words.
  /// Nothing was indexed. (A body that is not a bulk body is refused with 400 when the server comes
  /// to the broken line, and a streaming server has indexed what stood before; with `create` and
  /// fixed ids sending that again is harmless.)
  ///
  /// @param status HTTP status
  /// @param type kind of error as Elasticsearch names it, or `http` when the answer was not its own
  /// @param reason explanation for people
  /// @param retryAfter how long the server asked to wait, when it did
  record Refused(int status, String type, String reason, @Nullable Duration retryAfter)
      implements BulkReply {}

  /// No readable reply: I/O error, timeout, HTML, another 5xx, a wrong number of items, broken
  /// JSON.
  ///
  /// @param reason explanation for people, with the server's URL
  /// @param sent whether the server may have the request; when false nothing of it left this
  ///   process
  /// @param cause the exception behind it, when there was one
  /// @param retryAfter how long to wait, when a proxy asked for it
  record Unreadable(
      String reason, boolean sent, @Nullable Throwable cause, @Nullable Duration retryAfter)
      implements BulkReply {

    public Unreadable(String reason, boolean sent, @Nullable Throwable cause) {
      this(reason, sent, cause, null);
    }

    /// Whether no server was reached at all: DNS knows no such name, or nobody takes a connection.
    public boolean away() {
      for (Throwable at = cause; at != null; at = at.getCause()) {
        if (at instanceof UnknownHostException
            || at instanceof ConnectException
            || at instanceof NoRouteToHostException) {
          return true;
        }
      }
      return false;
    }
  }
}
