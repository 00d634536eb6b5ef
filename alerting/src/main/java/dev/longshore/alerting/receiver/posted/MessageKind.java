package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpSender;
import java.io.UncheckedIOException;
import java.time.Duration;

/// How one service is told. Implementations are records of their settings: two that are equal do
/// the same. They hold no secret in what they compose, for that is kept on disk until it is
/// delivered.
public interface MessageKind {

  /// Words a message; on the loop's thread, without I/O.
  void compose(Notice notice, ObjectNode message);

  /// Hands a message over; on any thread, bounded in time by the sender.
  ///
  /// @param message what was composed
  /// @param delivery the attempt: whether it goes without markup, and what names it
  /// @throws UncheckedIOException when the file of a secret can't be read; the message names it
  DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender);

  /// Whether a message that is refused can be said without markup.
  default boolean hasPlain() {
    return false;
  }

  /// How many messages about different groups are sent at a time: one where people read them in
  /// their order.
  default int concurrency() {
    return 1;
  }

  /// The least time between two messages, as the service's rate limits ask.
  default Duration gap() {
    return Duration.ZERO;
  }
}
