package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.receiver.slack.Blocks;
import dev.longshore.alerting.receiver.slack.Markup;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines of a log rule's alerts, and the errors that the workload of another alert logged.
final class LinesMessage {
  private static final int ALERTS = 3;
  private static final int LINES = 2_000;

  /// What came before an alert may explain it; what went on for long is told by its latest part.
  private static final Duration BEFORE = Duration.ofMinutes(5);

  private static final Duration LONGEST = Duration.ofHours(1);

  private LinesMessage() {}

  /// Blocks on Elasticsearch for alerts that no log rule raised.
  ///
  /// @param logs null where there are none
  static ObjectNode of(List<Alert> firing, Instant now, @Nullable LogSource logs) {
    Blocks blocks = new Blocks();
    boolean any = false;
    for (Alert alert : firing.subList(0, Math.min(ALERTS, firing.size()))) {
      Evidence evidence = alert.evidence();
      if (evidence.samples().isEmpty() && logs != null) {
        Instant from = alert.startsAt().minus(BEFORE);
        Instant earliest = now.minus(LONGEST);
        evidence = logs.errors(alert.labels(), from.isBefore(earliest) ? earliest : from, now);
      }
      if (!evidence.samples().isEmpty() || !evidence.facts().isEmpty()) {
        any = true;
        alert(blocks, alert, evidence);
      }
    }
    if (!any) {
      blocks.sections("No lines are known of what fires.");
    } else if (firing.size() > ALERTS) {
      blocks.context("and " + (firing.size() - ALERTS) + " more alerts");
    }
    return Messages.of(any ? "Lines of the logs" : "No lines are known", blocks);
  }

  private static void alert(Blocks blocks, Alert alert, Evidence evidence) {
    blocks.literal(Markup.cutPlain(alert.labels().toString(), 300), "");
    for (Evidence.Fact fact : evidence.facts()) {
      blocks.literal(fact.name() + "  ", fact.text());
    }
    for (Evidence.Sample sample : evidence.samples()) {
      blocks.context(Markup.escaped(Markup.cutPlain(sample.title(), 300)));
      blocks.preformatted(Markup.cutPlain(sample.lines(), LINES));
    }
    for (Evidence.Link link : evidence.links()) {
      String address = Blocks.address(link.url());
      if (!address.isEmpty()) {
        blocks.context(
            "<" + address.replace("&", "&amp;") + "|" + Markup.escaped(link.title()) + ">");
      }
    }
  }
}
