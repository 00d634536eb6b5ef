package dev.longshore.shared.ops;

import dev.longshore.shared.memory.MemoryBudget;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// As many requests as are answered at a time, and the memory that is reserved for each.
///
/// Whoever sends a body or takes an answer slowly holds a place for long. So when none is free, a
/// further request takes that of a client that has kept its request waiting for a second: of the
/// client with the most such places the one that has waited longest.
final class Places {
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Semaphore free;
  private final MemoryBudget.@Nullable Share memory;
  private final int bytesPerRequest;

  /// @param memory what is reserved while a request is answered; null where nothing bounds it
  Places(OpsLimits limits, MemoryBudget.@Nullable Share memory) {
    free = new Semaphore(limits.requests());
    this.memory = memory;
    bytesPerRequest = limits.bytesPerRequest();
  }

  /// Takes a place, if need be a slow client's, whose connection is closed then.
  ///
  /// @param connections all that are open
  /// @return null when there is none
  @Nullable Place take(Collection<Connection> connections, long nowNanos) {
    if (free.tryAcquire()) {
      if (memory == null || memory.tryReserve(bytesPerRequest)) {
        return new Place();
      }
      free.release();
    }
    Connection slowest = slowest(connections, nowNanos);
    if (slowest == null || slowest.place == null || !slowest.place.takeAway()) {
      return null;
    }
    slowest.close();
    return new Place();
  }

  private static @Nullable Connection slowest(Collection<Connection> connections, long nowNanos) {
    Map<Object, Integer> slowByClient = new HashMap<>();
    for (Connection connection : connections) {
      if (waitedNanos(connection, nowNanos) >= SLOW_NANOS) {
        slowByClient.merge(connection.client, 1, Integer::sum);
      }
    }
    Connection slowest = null;
    for (Connection connection : connections) {
      if (waitedNanos(connection, nowNanos) >= SLOW_NANOS
          && (slowest == null || isSlower(connection, slowest, slowByClient, nowNanos))) {
        slowest = connection;
      }
    }
    return slowest;
  }

  private static boolean isSlower(
      Connection one, Connection other, Map<Object, Integer> slowByClient, long nowNanos) {
    int more =
        Integer.compare(
            slowByClient.getOrDefault(one.client, 0), slowByClient.getOrDefault(other.client, 0));
    return more > 0 || (more == 0 && waitedNanos(one, nowNanos) > waitedNanos(other, nowNanos));
  }

  private static long waitedNanos(Connection connection, long nowNanos) {
    Place place = connection.place;
    return place == null ? 0 : place.waitedNanos(nowNanos);
  }

  /// Gives a place back; one that another request has stays with that.
  void giveBack(Place place) {
    if (place.giveBack()) {
      if (memory != null) {
        memory.release(bytesPerRequest);
      }
      free.release();
    }
  }
}
