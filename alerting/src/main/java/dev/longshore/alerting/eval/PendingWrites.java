package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Fingerprint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the rules of a group found and is yet to be told. It is told and saved in one turn of the
/// loop, so that an alert ends in the same unit of work in which its rule forgets it. Owned by the
/// loop's thread.
final class PendingWrites {
  private final EvaluationContext context;
  private final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();

  /// What there was no room for: put again with each evaluation, until there is.
  private final Map<Fingerprint, Alert> refused = new LinkedHashMap<>();

  PendingWrites(EvaluationContext context) {
    this.context = context;
  }

  void add(Alert alert) {
    refused.remove(alert.fingerprint());
    alerts.remove(alert.fingerprint());
    alerts.put(alert.fingerprint(), alert);
  }

  boolean hasAlerts() {
    return !alerts.isEmpty();
  }

  /// @param rules of the group
  void tell(List<RuleState> rules) {
    refused.forEach(alerts::putIfAbsent);
    refused.clear();
    if (!alerts.isEmpty()) {
      for (AlertSink.Refusal refusal : context.sink().put(List.copyOf(alerts.values()))) {
        Alert alert = alerts.get(refusal.alert());
        if (alert != null && alert.endsAt() == null) {
          refused.put(refusal.alert(), alert);
        }
      }
      alerts.clear();
    }
    List<RuleState> changed = rules.stream().filter(it -> it.unsaved).toList();
    List<RuleState> known = rules.stream().filter(it -> !it.unsaved && it.isConfirmed()).toList();
    context.store().save(changed, known, List.of());
    changed.forEach(it -> it.unsaved = false);
  }
}
