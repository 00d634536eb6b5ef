package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is made of an alert's times and texts before it is kept, whoever gave them: times that can
/// be reckoned with and written, annotations of bounded length.
final class AlertBounds {

  // Go's zero time, and what RFC 3339 can say.
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final AlertsConfig config;

  AlertBounds(AlertsConfig config) {
    this.config = config;
  }

  /// Why an alert is not kept, cut or not; null when it is.
  @Nullable String refusal(Alert alert) {
    long bytes = alert.labels().bytes();
    return bytes <= config.maxLabels().bytes()
        ? null
        : "its labels have " + bytes + " bytes; at most " + config.maxLabels() + " are taken";
  }

  /// The alert as it is kept.
  Alert of(Alert alert) {
    Alert cut = cut(alert);
    Instant startsAt = bounded(cut.startsAt());
    Instant endsAt = cut.endsAt();
    Instant end = endsAt == null ? null : bounded(endsAt);
    return startsAt.equals(cut.startsAt()) && Objects.equals(end, endsAt)
        ? cut
        : cut.withStartsAt(startsAt).withEndsAt(end);
  }

  private static Instant bounded(Instant time) {
    return time.isAfter(LATEST) ? LATEST : time.isBefore(EARLIEST) ? EARLIEST : time;
  }

  /// Annotations that are too long lose their ends.
  private Alert cut(Alert alert) {
    long max = config.maxAnnotations().bytes();
    if (alert.annotations().bytes() <= max) {
      return alert;
    }
    int each = (int) Math.max(1, max / 4 / Math.max(1, alert.annotations().asMap().size()));
    Map<String, String> shorter = new LinkedHashMap<>();
    alert
        .annotations()
        .asMap()
        .forEach((name, text) -> shorter.put(name, text.length() <= each ? text : cut(text, each)));
    return alert.withAnnotations(Labels.of(shorter));
  }

  private static String cut(String text, int length) {
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + "… (cut)";
  }
}
