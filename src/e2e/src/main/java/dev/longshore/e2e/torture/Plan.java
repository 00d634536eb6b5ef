package dev.longshore.e2e.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/// Which faults come when: the same for the same seed and length.
///
/// Each kind occurs once in any order before one occurs again; then they come by weight.
record Plan(List<Fault> faults) {
  private static final long FIRST_MILLIS = 3_000;
  private static final long LAST_MILLIS = 1_500;
  private static final int LEAST_GAP_MILLIS = 300;
  private static final int MOST_GAP_MILLIS = 5_500;

  /// A server that starts again takes a machine's attention.
  private static final long BETWEEN_SERVER_KILLS_MILLIS = 120_000;

  Plan {
    faults = List.copyOf(faults);
  }

  /// One fault.
  ///
  /// @param atMillis since the run began
  /// @param forMillis how long it lasts
  /// @param pick decides what is left open
  record Fault(long atMillis, FaultKind kind, long forMillis, long pick) {
    /// A number from 0 to below 1, another for each `salt`.
    double fraction(int salt) {
      return new SplittableRandom(pick + salt).nextDouble();
    }
  }

  /// @param without kinds that are left out
  static Plan of(long seed, Duration length, Set<FaultKind> without) {
    Random random = new Random(seed);
    List<FaultKind> kinds = new ArrayList<>(Arrays.asList(FaultKind.values()));
    kinds.removeAll(without);
    List<FaultKind> first = new ArrayList<>(kinds);
    Collections.shuffle(first, random);
    List<Fault> faults = new ArrayList<>();
    long serverKillMillis = -BETWEEN_SERVER_KILLS_MILLIS;
    long at = FIRST_MILLIS;
    while (at < length.toMillis() - LAST_MILLIS) {
      FaultKind kind = first.isEmpty() ? byWeight(kinds, random) : first.removeLast();
      if (kind == FaultKind.KILL_ELASTICSEARCH) {
        if (at - serverKillMillis < BETWEEN_SERVER_KILLS_MILLIS) {
          continue;
        }
        serverKillMillis = at;
      }
      long lasting =
          kind.mostMillis == 0 ? 0 : random.nextLong(kind.leastMillis, kind.mostMillis + 1);
      faults.add(new Fault(at, kind, lasting, random.nextLong()));
      at += random.nextLong(LEAST_GAP_MILLIS, MOST_GAP_MILLIS);
    }
    return new Plan(faults);
  }

  private static FaultKind byWeight(List<FaultKind> kinds, Random random) {
    int at = random.nextInt(kinds.stream().mapToInt(it -> it.weight).sum());
    for (FaultKind kind : kinds) {
      at -= kind.weight;
      if (at < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("there are no kinds of faults");
  }
}
