package dev.longshore.agent.ship;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The destinations that have something to do, or had a short while ago. Owned by the shipping
/// thread.
final class Destinations {
  private final BiFunction<String, Long, Destination> maker;
  private final Map<String, Destination> byDataStream = new HashMap<>();
  private List<Destination> inOrder = new ArrayList<>();

  /// @param maker makes one from a data stream's name and the time
  Destinations(BiFunction<String, Long, Destination> maker) {
    this.maker = maker;
  }

  /// The destination of a data stream; a new one if need be.
  Destination of(String dataStream, long nowNanos) {
    Destination known = byDataStream.get(dataStream);
    if (known == null) {
      known = maker.apply(dataStream, nowNanos);
      byDataStream.put(dataStream, known);
      List<Destination> more = new ArrayList<>(inOrder);
      more.add(known);
      inOrder = more;
    }
    return known;
  }

  @Nullable Destination find(String dataStream) {
    return byDataStream.get(dataStream);
  }

  /// All of them. New ones may be added meanwhile and are not in it.
  List<Destination> all() {
    return inOrder;
  }

  /// Forgets those that had nothing to do for long.
  void forgetIdle(long nowNanos) {
    if (byDataStream.values().removeIf(destination -> destination.isForgettable(nowNanos))) {
      inOrder = new ArrayList<>(inOrder);
      inOrder.removeIf(destination -> destination.isForgettable(nowNanos));
    }
  }
}
