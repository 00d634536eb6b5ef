package dev.longshore.alerting.receiver.slack.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// What is done about envelopes. Called on the executor's threads, several at a time; may block.
public interface EnvelopeHandler {

  /// Whether its answer goes with the acknowledgement, which then waits for it, though not longer
  /// than Slack does. Called on the sockets' loop; does not block.
  boolean answersWithAcknowledgement(Envelope envelope);

  /// Does what it says.
  ///
  /// @return what goes with the acknowledgement, when it waited; null for nothing
  @Nullable ObjectNode handle(Envelope envelope);

  /// What it answered came too late to go with the acknowledgement, and nobody has seen it.
  void late(Envelope envelope, ObjectNode answer);
}
