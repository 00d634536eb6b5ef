package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which alerts keep which others from being told. Sources are indexed by their `equal` labels, so
/// that a storm of targets does not look at every source. Owned by the alerting loop.
final class Inhibitions {
  private final List<Indexed> rules = new ArrayList<>();

  private record Indexed(InhibitRule rule, Map<Labels, Map<Fingerprint, Alert>> sources) {}

  Inhibitions(List<InhibitRule> rules) {
    rules.forEach(rule -> this.rules.add(new Indexed(rule, new HashMap<>())));
  }

  /// Takes an alert as it is now. A drill keeps nothing from being told.
  ///
  /// @return whether it may have changed what is inhibited
  boolean update(Alert alert, Instant now) {
    boolean changed = false;
    for (Indexed indexed : rules) {
      if (!indexed.rule.isSource(alert.labels()) || alert.labels().has(Labels.DRILL)) {
        continue;
      }
      Labels equal = alert.labels().only(indexed.rule.equal());
      if (alert.isResolvedAt(now)) {
        Map<Fingerprint, Alert> sources = indexed.sources.get(equal);
        if (sources != null && sources.remove(alert.fingerprint()) != null) {
          changed = true;
          if (sources.isEmpty()) {
            indexed.sources.remove(equal);
          }
        }
      } else {
        Map<Fingerprint, Alert> sources =
            indexed.sources.computeIfAbsent(equal, _ -> new TreeMap<>());
        changed |= sources.put(alert.fingerprint(), alert) == null;
      }
    }
    return changed;
  }

  /// The alerts that keep one with these labels from being told now; one for each rule is enough to
  /// say.
  List<Fingerprint> inhibiting(Labels labels, Instant now) {
    Set<Fingerprint> inhibiting = new LinkedHashSet<>();
    for (Indexed indexed : rules) {
      InhibitRule rule = indexed.rule;
      if (!rule.isTarget(labels)) {
        continue;
      }
      // An alert that matches both sides is not inhibited by another that does: neither would be
      // told.
      boolean both = rule.isSource(labels);
      Map<Fingerprint, Alert> sources = indexed.sources.get(labels.only(rule.equal()));
      if (sources == null) {
        continue;
      }
      for (Alert source : sources.values()) {
        if (!source.isResolvedAt(now) && !(both && rule.isTarget(source.labels()))) {
          inhibiting.add(source.fingerprint());
          break;
        }
      }
    }
    return List.copyOf(inhibiting);
  }
}
