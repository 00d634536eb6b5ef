package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.state.StateException;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// What the rules of a group found and is yet to be told and written: alerts first, so that one
/// which ended has ended before its rule forgets it. What can't be written is tried again with the
/// next evaluation. Owned by the loop's thread.
final class Telling {
  private final Surroundings around;
  private final Limited log;
  private final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();

  Telling(Surroundings around) {
    this.around = around;
    this.log =
        new Limited(LoggerFactory.getLogger(Telling.class), around.clock(), Duration.ofSeconds(10));
  }

  void add(Alert alert) {
    alerts.remove(alert.fingerprint());
    alerts.put(alert.fingerprint(), alert);
  }

  boolean hasAlerts() {
    return !alerts.isEmpty();
  }

  /// @param rules of the group
  void tell(List<RuleState> rules) {
    try {
      if (!alerts.isEmpty()) {
        around.sink().put(List.copyOf(alerts.values()));
        alerts.clear();
      }
      List<RuleState> changed = rules.stream().filter(it -> it.unsaved).toList();
      List<RuleState> known = rules.stream().filter(it -> !it.unsaved && it.isConfirmed()).toList();
      around.store().save(changed, known, List.of());
      changed.forEach(it -> it.unsaved = false);
    } catch (StateException e) {
      around.metrics().unsaved();
      log.warn(
          "state",
          event ->
              event
                  .setMessage("What rules found can't be written; it is tried again")
                  .addKeyValue("reason", e.getMessage()));
    }
  }
}
