package dev.longshore.alerting.receiver.slack.socket;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What comes by the connections of an app: read, acknowledged in time, and handled once. Owned by
/// the sockets' loop.
final class Envelopes {

  /// Slack waits 3 s for an acknowledgement; some of it is on the way.
  static final Duration ACKNOWLEDGE_WITHIN = Duration.ofMillis(2_500);

  /// More people than that do not answer at once; what is beyond is not acknowledged, and Slack
  /// says so to who pressed.
  static final int MAX_AT_WORK = 64;

  private static final JsonMapper JSON = new JsonMapper();

  private final EnvelopeHandler handler;
  private final Loop loop;
  private final Executor executor;
  private final SocketMetrics metrics;
  private final RateLimitedLogger log;
  private final SeenEnvelopes seen = new SeenEnvelopes();
  private int atWork;

  Envelopes(
      EnvelopeHandler handler,
      Loop loop,
      Executor executor,
      SocketMetrics metrics,
      RateLimitedLogger log) {
    this.handler = handler;
    this.loop = loop;
    this.executor = executor;
    this.metrics = metrics;
    this.log = log;
  }

  /// What a text is.
  sealed interface Message {
    /// The connection works.
    record Hello() implements Message {}

    /// The connection ends soon, or has.
    record Disconnect(String reason) implements Message {}

    record Enveloped(Envelope envelope) implements Message {}

    /// @param id of the envelope; empty when there is none
    record Unreadable(String id) implements Message {}
  }

  Message read(String text) {
    JsonNode message;
    try {
      message = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return unreadable("", "it is not JSON");
    }
    String type = message.path("type").asText("");
    String id = message.path("envelope_id").isTextual() ? message.path("envelope_id").asText() : "";
    if (type.equals("hello")) {
      return new Message.Hello();
    }
    if (type.equals("disconnect")) {
      return new Message.Disconnect(message.path("reason").asText("no reason"));
    }
    if (id.isEmpty() || !message.path("payload").isObject()) {
      return unreadable(id, "it has no envelope_id or no payload");
    }
    return new Message.Enveloped(
        new Envelope(
            id,
            type,
            message.path("payload"),
            message.path("accepts_response_payload").asBoolean(false)));
  }

  private Message unreadable(String id, String reason) {
    metrics.envelope("unreadable");
    log.warn(
        "unreadable",
        event ->
            event
                .setMessage("A message of Slack's can't be read; it has no effect")
                .addKeyValue("reason", reason));
    return new Message.Unreadable(id);
  }

  void tooLarge() {
    metrics.envelope("too_large");
    log.warn(
        "tooLarge",
        event ->
            event
                .setMessage("A message of Slack's is too large; it has no effect")
                .addKeyValue("maxCharacters", SocketConnection.MAX_CHARACTERS));
  }

  /// Acknowledges an envelope and has it handled, unless that was done.
  void take(Envelope envelope, Consumer<@Nullable ObjectNode> acknowledge) {
    if (!seen.add(envelope)) {
      metrics.envelope("duplicate");
      acknowledge.accept(null);
      return;
    }
    if (atWork >= MAX_AT_WORK) {
      metrics.envelope("refused");
      return;
    }
    atWork++;
    Taken taken = new Taken(envelope, acknowledge);
    if (envelope.takesPayload() && handler.answersWithAcknowledgement(envelope)) {
      loop.in(ACKNOWLEDGE_WITHIN, taken::late);
    } else {
      taken.acknowledge(null);
    }
    executor.execute(() -> handle(envelope, taken));
  }

  /// On the executor.
  private void handle(Envelope envelope, Taken taken) {
    ObjectNode answer = null;
    String outcome = "handled";
    try {
      answer = handler.handle(envelope);
    } catch (RuntimeException | StackOverflowError e) {
      outcome = "unreadable";
      log.warn(
          "handler",
          event -> event.setMessage("An answer from Slack could not be handled").setCause(e));
    } finally {
      ObjectNode payload = answer;
      String told = outcome;
      loop.execute(
          () -> {
            atWork--;
            metrics.envelope(told);
            if (!taken.acknowledge(payload) && payload != null) {
              executor.execute(() -> handler.late(envelope, payload));
            }
          });
    }
  }

  private final class Taken {
    private final Envelope envelope;
    private final Consumer<@Nullable ObjectNode> acknowledge;
    private boolean acknowledged;

    private Taken(Envelope envelope, Consumer<@Nullable ObjectNode> acknowledge) {
      this.envelope = envelope;
      this.acknowledge = acknowledge;
    }

    /// @return whether it was still to be done
    private boolean acknowledge(@Nullable ObjectNode payload) {
      if (acknowledged) {
        return false;
      }
      acknowledged = true;
      acknowledge.accept(payload);
      return true;
    }

    private void late() {
      if (!acknowledged) {
        metrics.envelope("late");
        log.warn(
            "late",
            event ->
                event
                    .setMessage("An answer from Slack took too long to be handled in time")
                    .addKeyValue("type", envelope.type()));
        acknowledge(null);
      }
    }
  }
}
