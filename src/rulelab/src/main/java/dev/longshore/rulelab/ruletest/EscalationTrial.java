package dev.longshore.rulelab.ruletest;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.reload.RoutingFiles;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.Decision;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.rulelab.recorded.Recording;
import dev.longshore.rulelab.ruletest.TestFile.RuleTest;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An alert that nobody has, tried in virtual time: who would be told of it, and when. Nothing is
/// sent.
public final class EscalationTrial {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// Characters of a message that are shown.
  private static final int SHOWN = 80;

  /// Decisions that are shown.
  private static final Set<String> STAGES =
      Set.of("route", "mute", "inhibit", "escalate", "acknowledge");

  /// What happens.
  ///
  /// @param what for people
  public record Event(Instant at, String what) {}

  private EscalationTrial() {}

  /// Lets an alert fire.
  ///
  /// @param labels the alert's
  /// @param start when it begins to fire
  /// @param lasts how long it fires
  /// @param acknowledgedAfter when somebody acknowledges its groups; null: nobody does
  /// @return what happens, in order
  /// @throws TemplateException when a text of a receiver is no template
  /// @throws IOException when there is no place for the state
  public static List<Event> run(
      RoutingFiles.Routing routing,
      Labels labels,
      Instant start,
      Duration lasts,
      @Nullable Duration acknowledgedAfter)
      throws TemplateException, IOException {
    Path dir = Files.createTempDirectory("longshore-oncall");
    try (Database database = Database.open(dir, Engine.SCHEMAS, Clock.system())) {
      RuleTestRun run = new RuleTestRun(nothing(start), MINUTE, database, routing);
      RuleSet none = new RuleFiles(List.of(), dir, Clock.system()).load();
      Engine engine = run.start(routing, none);
      Alert alert = alert(labels, start, lasts);
      run.at(start, () -> engine.put(List.of(alert)));
      // What ends is told with the next look at its group.
      Instant end = start.plus(lasts).plus(longestInterval(routing)).plus(MINUTE);
      if (acknowledgedAfter != null) {
        run.at(start.plus(acknowledgedAfter), () -> acknowledge(engine, end));
      }
      run.advanceTo(end);
      List<Event> events = events(run, engine, alert);
      engine.close();
      return events;
    } finally {
      RuleTests.delete(dir);
    }
  }

  private static Duration longestInterval(RoutingFiles.Routing routing) {
    List<Duration> intervals = new ArrayList<>();
    routing.file().routing().root().forEach(route -> intervals.add(route.timing().groupInterval()));
    return intervals.stream().max(Duration::compareTo).orElse(MINUTE);
  }

  private static RuleTest nothing(Instant start) {
    return new RuleTest(
        "trial",
        0,
        start,
        MINUTE,
        Duration.ZERO,
        Labels.EMPTY,
        "",
        List.of(),
        new Recording(List.of(), List.of()),
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  private static Alert alert(Labels labels, Instant start, Duration lasts) {
    return new Alert(
        labels,
        Labels.EMPTY,
        start,
        start.plus(lasts),
        start,
        "",
        Alert.Origin.POSTED,
        Evidence.NONE);
  }

  private static void acknowledge(Engine engine, Instant until) {
    for (AlertGroup group : engine.dispatcher().groups()) {
      engine.acknowledgements().acknowledge(group.id(), "somebody", "", until);
    }
  }

  private static List<Event> events(RuleTestRun run, Engine engine, Alert alert) {
    List<Event> events = new ArrayList<>();
    for (Decision decision : engine.decisions().of(alert.fingerprint())) {
      if (STAGES.contains(decision.stage())) {
        events.add(new Event(decision.at(), decision.what()));
      }
    }
    for (Message message : run.messages()) {
      if (message.kind() != Message.Kind.EDIT) {
        String words = words(message.text().strip());
        events.add(
            new Event(
                message.at(),
                "→ %s %s%s"
                    .formatted(
                        message.receiver(),
                        message.integration(),
                        words.isEmpty() ? "" : ": " + words)));
      }
    }
    events.sort(Comparator.comparing(Event::at));
    return events;
  }

  /// The first words of a message; of a payload that people do not read, none.
  private static String words(String text) {
    String first = text.startsWith("{") ? "" : text.lines().findFirst().orElse("");
    return first.length() <= SHOWN ? first : first.substring(0, SHOWN) + "…";
  }
}
