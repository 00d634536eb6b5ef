package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.receiver.slack.SlackWeb;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.web.AuditLine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// What is said and written down about something that a person did. Safe for use by any thread.
final class Replies {
  private final InteractionMetrics metrics;
  private final RateLimitedLogger log;

  Replies(Clock clock, InteractionMetrics metrics) {
    this.metrics = metrics;
    this.log =
        new RateLimitedLogger(LoggerFactory.getLogger(Replies.class), clock, Duration.ofMinutes(1));
  }

  /// Counts it, and writes it to the audit where something has changed.
  ///
  /// @param method `button`, `modal` or `command`
  void note(String action, String method, Person person, String channel, Outcome outcome) {
    metrics.answered(action, outcome.word());
    if (!outcome.change().isEmpty()) {
      Map<String, String> what = new LinkedHashMap<>();
      what.put("method", method);
      what.put("path", "/longshore/" + action);
      what.put("person", person.id());
      what.put("channel", channel);
      what.putAll(outcome.change());
      AuditLine.write(person.name(), "slack", "slack", what);
    }
  }

  /// Answers a person alone, by the address that came with what they did, else as the bot. Blocks
  /// on Slack.
  void tell(SlackWeb web, Person person, String channel, String responseUrl, ObjectNode message) {
    String problem = web.respond(responseUrl, message);
    if (problem == null) {
      return;
    }
    String again = channel.isEmpty() ? problem : web.showTo(person.id(), channel, message);
    if (again != null) {
      metrics.notTold();
      log.warn(
          "tell",
          event ->
              event
                  .setMessage("Slack did not take an answer to a person")
                  .addKeyValue("reason", again)
                  .addKeyValue("person", person.id()));
    }
  }
}
