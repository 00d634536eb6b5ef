package dev.longshore.alerting.reload;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.BrokenRule;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.state.InternalAlerts;
import dev.longshore.shared.clock.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One alert for each file of the configuration that is broken, for as long as it is. Owned by the
/// loop's thread.
final class BrokenFiles {
  private static final String SEVERITY = "warning";
  private static final int SHOWN = 5;

  private final InternalAlerts alerts;
  private final Set<Labels> own = new HashSet<>();
  private final Set<Labels> routing = new HashSet<>();
  private final Set<Labels> rules = new HashSet<>();
  private final Set<Labels> receivers = new HashSet<>();

  BrokenFiles(AlertSink sink, Clock clock) {
    this.alerts = new InternalAlerts(sink, clock);
  }

  /// Takes over what a process before this one raised.
  void adopt(Collection<Alert> known) {
    known.stream()
        .filter(it -> it.name().equals(InternalAlerts.CONFIGURATION_BROKEN) && it.endsAt() == null)
        .filter(it -> it.origin() == Alert.Origin.SELF)
        .toList()
        .forEach(alerts::adopt);
  }

  /// @param problems of alerting's own file; none when it is sound
  void own(String file, List<String> problems) {
    wholeFile(own, file, problems);
  }

  /// @param problems of the Alertmanager file and its templates; none when it is sound
  void routing(String file, List<String> problems) {
    wholeFile(routing, file, problems);
  }

  private void wholeFile(Set<Labels> raised, String file, List<String> problems) {
    raised.clear();
    if (!problems.isEmpty()) {
      Labels labels = labels(file);
      raised.add(labels);
      raise(labels, file, problems, "what was in force before stays");
    }
    end();
  }

  /// @param unsupported receivers that tell nobody, in the Alertmanager file that is in force
  void receivers(String file, List<String> unsupported) {
    receivers.clear();
    if (!unsupported.isEmpty()) {
      Labels labels = labels(file).with(Labels.of("part", "receivers"));
      receivers.add(labels);
      raise(labels, file, unsupported, "all other receivers are told");
    }
    end();
  }

  void rules(RuleSet set) {
    rules.clear();
    Map<String, List<BrokenRule>> files = new LinkedHashMap<>();
    set.quarantined()
        .forEach(it -> files.computeIfAbsent(it.id().file(), _ -> new ArrayList<>()).add(it));
    files.forEach(
        (file, quarantined) -> {
          Labels labels = labels(file);
          rules.add(labels);
          raise(
              labels,
              file,
              quarantined.stream().map(BrokenRule::toString).toList(),
              "all other rules run as they are written");
        });
    end();
  }

  private static Labels labels(String file) {
    return Labels.of(
        Labels.ALERT_NAME, InternalAlerts.CONFIGURATION_BROKEN, "severity", SEVERITY, "file", file);
  }

  private void raise(Labels labels, String file, List<String> problems, String meanwhile) {
    List<String> shown = problems.subList(0, Math.min(SHOWN, problems.size()));
    String more = problems.size() > SHOWN ? "; and " + (problems.size() - SHOWN) + " more" : "";
    alerts.raise(
        labels,
        Labels.of(
            "summary",
            file + " is broken",
            "description",
            String.join("; ", shown) + more + ". Meanwhile " + meanwhile),
        List.of(new Evidence.Fact("file", file)),
        "");
  }

  private void end() {
    alerts.endUnless(
        labels ->
            own.contains(labels)
                || routing.contains(labels)
                || rules.contains(labels)
                || receivers.contains(labels));
  }
}
