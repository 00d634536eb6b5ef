package dev.longshore.alerting.logs;

import dev.longshore.alerting.rule.LogCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Values that are known to be old, so that history is asked once for each and not with each
/// evaluation. Bounded; what was forgotten is asked again. Safe for use by any thread.
final class KnownTerms {
  private static final int MAX = 100_000;

  private record Term(LogCondition condition, Key key) {}

  /// @param oldAt from this time on it is old
  /// @param seen when it was there last, as far as is known
  private record Known(Instant oldAt, Instant seen) {}

  private final Map<Term, Known> terms =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Term, Known> eldest) {
          return size() > MAX;
        }
      };

  /// Whether a value was there within `history` before a time.
  synchronized boolean isOld(LogCondition condition, Key key, Instant at, Duration history) {
    Known known = terms.get(new Term(condition, key));
    return known != null
        && !at.isBefore(known.oldAt)
        && Duration.between(known.seen, at).compareTo(history) <= 0;
  }

  /// Notes that a value is old from a time on, and when it was there last.
  synchronized void old(LogCondition condition, Key key, Instant at, Instant seen) {
    terms.merge(
        new Term(condition, key),
        new Known(at, seen),
        (before, now) ->
            new Known(
                before.oldAt.isBefore(now.oldAt) ? before.oldAt : now.oldAt,
                before.seen.isAfter(now.seen) ? before.seen : now.seen));
  }
}
