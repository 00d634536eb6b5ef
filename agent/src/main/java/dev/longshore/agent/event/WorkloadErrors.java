package dev.longshore.agent.event;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The errors of each workload since the agent started: how many, and which fingerprints.
///
/// Bounded: [#MOST_WORKLOADS], of which those that are asked for longest ago go, and
/// [#FINGERPRINTS] of each, of which the one that was seen longest ago goes; it counts as new when
/// it is seen again. Counted by the shipping thread; any thread may look.
public final class WorkloadErrors {
  /// More than run on a node.
  static final int MOST_WORKLOADS = 1_000;

  /// More kinds of errors of one program than somebody reads.
  static final int FINGERPRINTS = 32;

  private final Map<Workload, Counts> byWorkload =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Workload, Counts> eldest) {
          return size() > MOST_WORKLOADS;
        }
      };

  /// An error that was seen.
  ///
  /// @param fingerprint `error.fingerprint` of its documents
  /// @param firstNanos time of its first line since the agent started, in nanoseconds since the
  ///   epoch; [Block#NO_TIMESTAMP] when the line had none
  /// @param lines since then
  public record Seen(Workload workload, String fingerprint, long firstNanos, long lines) {}

  /// The counts of a workload, to which the shipping thread adds.
  public synchronized Counts of(Workload workload) {
    return byWorkload.computeIfAbsent(workload, _ -> new Counts());
  }

  /// How many errors each workload had.
  public synchronized Map<Workload, Long> totals() {
    Map<Workload, Long> totals = new LinkedHashMap<>();
    byWorkload.forEach((workload, counts) -> totals.put(workload, counts.total()));
    return totals;
  }

  /// The errors that were seen first latest, the newest first.
  public synchronized List<Seen> newest(int most) {
    List<Seen> all = new ArrayList<>();
    byWorkload.forEach((workload, counts) -> counts.addTo(all, workload));
    all.sort(Comparator.comparingLong(Seen::firstNanos).reversed());
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }

  /// Errors of one workload. Makes no objects when it counts.
  public static final class Counts {
    private final long[] fingerprints = new long[FINGERPRINTS];
    private final long[] lines = new long[FINGERPRINTS];
    private final long[] firstNanos = new long[FINGERPRINTS];
    private final long[] seenAt = new long[FINGERPRINTS];
    private char version = '0';
    private long total;
    private int used;

    /// Counts a line.
    ///
    /// @param ruleVersion of the rules that made the fingerprint: its first character
    /// @param fingerprint what it writes in hexadecimal digits
    /// @param timestampNanos of the line, or [Block#NO_TIMESTAMP]
    public synchronized void add(char ruleVersion, long fingerprint, long timestampNanos) {
      version = ruleVersion;
      total++;
      int at = find(fingerprint);
      if (at < 0) {
        at = used < FINGERPRINTS ? used++ : longestAgo();
        fingerprints[at] = fingerprint;
        lines[at] = 0;
        firstNanos[at] = timestampNanos;
      }
      lines[at]++;
      seenAt[at] = total;
    }

    private int find(long fingerprint) {
      for (int i = 0; i < used; i++) {
        if (fingerprints[i] == fingerprint) {
          return i;
        }
      }
      return -1;
    }

    private int longestAgo() {
      int oldest = 0;
      for (int i = 1; i < used; i++) {
        oldest = seenAt[i] < seenAt[oldest] ? i : oldest;
      }
      return oldest;
    }

    private synchronized long total() {
      return total;
    }

    private synchronized void addTo(List<Seen> all, Workload workload) {
      for (int i = 0; i < used; i++) {
        String text = version + ":" + HexFormat.of().toHexDigits(fingerprints[i]);
        all.add(new Seen(workload, text, firstNanos[i], lines[i]));
      }
    }
  }
}
