package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.units.Durations;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// From a rule's alerts to those that the rest of alerting knows, with the evidence that people
/// see.
final class AlertMaker {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private AlertMaker() {}

  /// A firing alert, as it is known now.
  ///
  /// @param unknown why nothing is known of it since the last evaluation that succeeded; null when
  ///   it is known
  static Alert firing(
      RuleState state,
      ActiveAlert alert,
      @Nullable Source source,
      Instant now,
      @Nullable String unknown) {
    List<Evidence.Fact> facts = values(alert);
    Instant kept = alert.keepFiringSince();
    if (kept != null) {
      facts.add(
          new Evidence.Fact(
              "condition",
              "no longer true since "
                  + time(kept)
                  + "; keep_firing_for is "
                  + Durations.format(state.rule.keepFiringFor())));
    }
    if (!state.behind.isEmpty()) {
      facts.add(new Evidence.Fact("logs", state.behind));
    }
    if (unknown != null) {
      Instant since = state.knownAt;
      facts.add(
          new Evidence.Fact(
              "state",
              "not known" + (since == null ? "" : " since " + time(since)) + ": " + unknown));
    }
    return alert(state, alert, source, now, null, facts);
  }

  /// An alert that has ended.
  ///
  /// @param why when it is not that its condition is gone
  static Alert ended(
      RuleState state,
      ActiveAlert alert,
      @Nullable Source source,
      Instant at,
      Instant now,
      @Nullable String why) {
    List<Evidence.Fact> facts = values(alert);
    if (why != null) {
      facts.add(new Evidence.Fact("ended", why));
    }
    return alert(state, alert, source, now, at, facts);
  }

  /// An alert of an earlier life that has ended.
  static Alert ended(Alert alert, Instant now, String why) {
    List<Evidence.Fact> facts = new ArrayList<>(alert.evidence().facts());
    facts.add(new Evidence.Fact("ended", why));
    return new Alert(
        alert.labels(),
        alert.annotations(),
        alert.startsAt(),
        now,
        now,
        alert.generatorUrl(),
        alert.origin(),
        new Evidence(
            alert.evidence().value(), facts, alert.evidence().samples(), alert.evidence().links()));
  }

  private static List<Evidence.Fact> values(ActiveAlert alert) {
    List<Evidence.Fact> facts = new ArrayList<>();
    if (!Double.isNaN(alert.firedValue())
        && Double.compare(alert.firedValue(), alert.value()) != 0) {
      facts.add(new Evidence.Fact("value when it fired", number(alert.firedValue())));
    }
    return facts;
  }

  private static Alert alert(
      RuleState state,
      ActiveAlert alert,
      @Nullable Source source,
      Instant now,
      @Nullable Instant endsAt,
      List<Evidence.Fact> facts) {
    String link = source == null ? "" : source.link(state.rule.condition());
    Evidence seen = alert.evidence();
    facts.addAll(seen.facts());
    return new Alert(
        labels(alert, source),
        alert.annotations(),
        alert.startsAt(),
        endsAt,
        now,
        link,
        Alert.Origin.RULE,
        new Evidence(number(alert.value()), facts, seen.samples(), seen.links()));
  }

  static Fingerprint fingerprint(ActiveAlert alert, @Nullable Source source) {
    return labels(alert, source).fingerprint();
  }

  /// The labels of an alert as it is told: the source's external ones too.
  static Labels labels(ActiveAlert alert, @Nullable Source source) {
    return source == null || source.externalLabels().isEmpty()
        ? alert.labels()
        : source.externalLabels().with(alert.labels());
  }

  static String time(Instant at) {
    return TIME.format(at);
  }

  /// A value as Prometheus writes it: `0.25`, `3`, `1e22`, `NaN`, `+Inf`.
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    double size = Math.abs(value);
    if (size != 0 && (size >= 1e21 || size < 1e-6)) {
      return Double.toString(value).replace(".0E", "e").replace('E', 'e');
    }
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
