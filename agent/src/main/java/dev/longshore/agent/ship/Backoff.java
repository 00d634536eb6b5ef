package dev.longshore.agent.ship;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// How long to wait before the next attempt: doubling from 100 ms to 30 s, each shortened by up to
/// half at random, so that the agents of many nodes don't come back at the same moment.
///
/// Where no server is reached there is none to spare: the longest wait is 2 s then. With three
/// seconds for a connection and three that the JVM believes a DNS answer, a server that moved is
/// found again within ten seconds.
final class Backoff {
  static final Duration FIRST = Duration.ofMillis(100);
  static final Duration LONGEST = Duration.ofSeconds(30);
  static final Duration LONGEST_WHILE_AWAY = Duration.ofSeconds(2);

  /// The longest wait that a server's `Retry-After` can ask for; a date far away is a mistake.
  static final Duration LONGEST_TOLD = Duration.ofMinutes(5);

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /// Nanoseconds to wait.
  ///
  /// @param attempt how many attempts failed already, from 1
  /// @param told what the server asked for, if it did: never less than that
  /// @param longest without the server's asking
  long nanos(int attempt, @Nullable Duration told, Duration longest) {
    long doubled = FIRST.toNanos() << Math.min(Math.max(attempt - 1, 0), 20);
    long ownNanos = Math.min(doubled, longest.toNanos());
    long jittered = ownNanos - random.nextLong(ownNanos / 2);
    if (told == null || told.isNegative()) {
      return jittered;
    }
    Duration bounded = told.compareTo(LONGEST_TOLD) > 0 ? LONGEST_TOLD : told;
    return Math.max(jittered, bounded.toNanos());
  }
}
