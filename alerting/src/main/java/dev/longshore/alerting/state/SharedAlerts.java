package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Merges alerts that are put again, where one of our rules and somebody who posts may raise the
/// same one: as long as the rule raises it, it is the rule's, with the rule's texts and without an
/// end; after that it is what was posted, if that still fires. It ends with the last of both. What
/// only one side raises is merged as [AlertMerge] says.
///
/// What was posted beside a rule's alert is in memory alone: its sender repeats it. Owned by the
/// loop's thread.
final class SharedAlerts {

  /// What was posted last of alerts that a rule raises.
  private final Map<Fingerprint, Alert> posted = new HashMap<>();

  Alert merge(@Nullable Alert before, Alert put, Instant now) {
    if (before == null) {
      return put;
    }
    Fingerprint fingerprint = put.fingerprint();
    boolean rulesBefore = before.origin() == Alert.Origin.RULE && !before.isResolvedAt(now);
    if (isPosted(put) && rulesBefore) {
      posted.put(fingerprint, AlertMerge.of(posted.get(fingerprint), put, now));
      return before;
    }
    if (put.origin() != Alert.Origin.RULE) {
      return AlertMerge.of(before, put, now);
    }
    if (!put.isResolvedAt(now)) {
      if (isPosted(before) && !before.isResolvedAt(now)) {
        posted.put(fingerprint, before);
      }
      return AlertMerge.of(before, put, now);
    }
    Alert other = posted.remove(fingerprint);
    if (rulesBefore && other != null && !other.isResolvedAt(now)) {
      return before.startsAt().isBefore(other.startsAt())
          ? other.withStartsAt(before.startsAt())
          : other;
    }
    return AlertMerge.of(before, put, now);
  }

  void forget(Fingerprint fingerprint) {
    posted.remove(fingerprint);
  }

  private static boolean isPosted(Alert alert) {
    return switch (alert.origin()) {
      case POSTED, POSTED_WITHOUT_END -> true;
      case RULE, SELF -> false;
    };
  }
}
