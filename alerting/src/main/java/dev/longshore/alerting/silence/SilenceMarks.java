package dev.longshore.alerting.silence;

import dev.longshore.alerting.alert.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// Which silences match which alerts, as far as that was asked: matchers of a silence never change,
/// so each is compared with the labels of each alert once. Where that takes longer than a turn may,
/// an alert is behind: what is left is compared later, and counts from then on. Owned by the loop's
/// thread.
final class SilenceMarks {

  /// So many alerts are known; those asked about longest ago are forgotten first.
  private static final int MAX_ALERTS = 100_000;

  /// @param matching in the order they were made
  /// @param version up to which silences were compared
  private record Known(List<Silence> matching, long version) {}

  /// Silences by when they were made known here.
  private final TreeMap<Long, Silence> byVersion = new TreeMap<>();

  private final Map<String, Long> versions = new HashMap<>();
  private final SequencedMap<Labels, Known> alerts = new LinkedHashMap<>(16, 0.75f, true);

  /// Alerts with which not all silences were compared.
  private final Set<Labels> behind = new LinkedHashSet<>();

  private final BooleanSupplier hasTime;
  private long version;

  /// @param hasTime whether another silence may be compared in this turn
  SilenceMarks(BooleanSupplier hasTime) {
    this.hasTime = hasTime;
  }

  /// A silence is new, or has other times.
  void put(Silence silence) {
    Long before = versions.get(silence.id());
    if (before == null) {
      version++;
      versions.put(silence.id(), version);
      byVersion.put(version, silence);
    } else {
      byVersion.put(before, silence);
    }
  }

  void remove(String id) {
    Long at = versions.remove(id);
    if (at != null) {
      byVersion.remove(at);
    }
  }

  /// Those that match, pending and ended ones too.
  List<Silence> matching(Labels labels) {
    if (byVersion.isEmpty()) {
      alerts.clear();
      behind.clear();
      return List.of();
    }
    Known known = alerts.get(labels);
    long from = known == null ? 0 : known.version;
    List<Silence> matching = new ArrayList<>();
    if (known != null) {
      for (Silence silence : known.matching) {
        Long at = versions.get(silence.id());
        Silence now = at == null ? null : byVersion.get(at);
        if (now != null) {
          matching.add(now);
        }
      }
    }
    long compared = from;
    boolean isBehind = false;
    for (Map.Entry<Long, Silence> next : byVersion.tailMap(from, false).entrySet()) {
      if (!hasTime.getAsBoolean()) {
        isBehind = true;
        break;
      }
      if (next.getValue().matches(labels)) {
        matching.add(next.getValue());
      }
      compared = next.getKey();
    }
    if (isBehind) {
      behind.add(labels);
    } else {
      behind.remove(labels);
      compared = version;
    }
    alerts.put(labels, new Known(matching.isEmpty() ? List.of() : matching, compared));
    if (alerts.size() > MAX_ALERTS) {
      alerts.pollFirstEntry();
    }
    return matching;
  }

  boolean isBehind() {
    return !behind.isEmpty();
  }

  /// Compares what is left, as far as there is time.
  ///
  /// @return whether an alert has more silences than before
  boolean catchUp() {
    boolean more = false;
    for (Labels labels : List.copyOf(behind)) {
      if (!hasTime.getAsBoolean()) {
        break;
      }
      Known known = alerts.get(labels);
      int before = known == null ? 0 : known.matching.size();
      more |= matching(labels).size() > before;
    }
    return more;
  }
}
