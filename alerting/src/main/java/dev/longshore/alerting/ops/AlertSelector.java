package dev.longshore.alerting.ops;

import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which alerts somebody asks about: a name, matchers as amtool takes them, or a fingerprint.
///
/// @param fingerprint null when labels are asked for
record AlertSelector(List<Matcher> matchers, @Nullable Fingerprint fingerprint) {

  /// @throws IllegalArgumentException when it is none of these; the message says so
  static AlertSelector parse(String text) {
    String asked = text.strip();
    if (asked.matches("[0-9a-fA-F]{16}")) {
      return new AlertSelector(List.of(), Fingerprint.parse(asked.toLowerCase(Locale.ROOT)));
    }
    if (asked.isEmpty()) {
      throw new IllegalArgumentException(
          "no alert is named; give its name, matchers such as 'severity=page,pod=~\"web.*\"', or a"
              + " fingerprint");
    }
    boolean matchers = asked.indexOf('=') >= 0 || asked.indexOf('~') >= 0;
    return new AlertSelector(
        Matchers.parse(matchers ? asked : Labels.ALERT_NAME + "=\"" + quoted(asked) + "\""), null);
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  boolean has(Labels labels) {
    return fingerprint == null
        ? Matchers.match(matchers, labels)
        : labels.fingerprint().equals(fingerprint);
  }

  /// Whether a rule of this name may be meant.
  boolean mayBe(String rule) {
    return fingerprint == null
        && matchers.stream()
            .filter(it -> it.name().equals(Labels.ALERT_NAME))
            .allMatch(it -> Matchers.match(List.of(it), Labels.of(Labels.ALERT_NAME, rule)))
        && matchers.stream().anyMatch(it -> it.name().equals(Labels.ALERT_NAME));
  }
}
