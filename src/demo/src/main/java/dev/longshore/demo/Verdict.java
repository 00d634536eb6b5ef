package dev.longshore.demo;

import dev.longshore.shared.elastic.Search;
import java.io.IOException;
import java.io.PrintStream;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The check at the end: every record that was written is in Elasticsearch, once, with its pod's
/// labels.
final class Verdict {
  private static final Pattern SEQ = Pattern.compile("seq=(\\d+)");

  /// What was found of one pod's records.
  private static final class Found {
    final BitSet once = new BitSet();
    long twice;
    long foreign;
    long withoutLabels;
  }

  private final Map<String, Found> foundByPod = new HashMap<>();
  private final List<DockContainer> containers;

  private Verdict(List<DockContainer> containers) {
    this.containers = containers;
  }

  /// Reads all documents of the data stream and compares.
  static Verdict of(Search search, String dataStream, List<DockContainer> containers)
      throws IOException {
    Verdict verdict = new Verdict(containers);
    search.each(
        Search.Query.all(dataStream, "*", "message", "kubernetes.pod.name", "kubernetes.labels"),
        hit -> {
          verdict.take(hit);
          return true;
        });
    return verdict;
  }

  private void take(Search.Hit hit) {
    String pod = hit.text("kubernetes", "pod", "name");
    Found found = foundByPod.computeIfAbsent(pod == null ? "" : pod, _ -> new Found());
    String message = hit.text("message");
    Matcher seq = SEQ.matcher(message == null ? "" : message);
    if (!seq.find()) {
      found.foreign++;
      return;
    }
    int number = Integer.parseInt(seq.group(1));
    if (found.once.get(number)) {
      found.twice++;
    }
    found.once.set(number);
    if (hit.text("kubernetes", "labels", "app") == null) {
      found.withoutLabels++;
    }
  }

  /// Prints the result for each container.
  ///
  /// @return whether every record is there, once, with labels
  boolean print(PrintStream out) {
    long written = 0;
    long missing = 0;
    long twice = 0;
    long foreign = 0;
    long withoutLabels = 0;
    for (DockContainer container : containers) {
      Found found = foundByPod.getOrDefault(container.pod(), new Found());
      long here = container.records() - found.once.cardinality();
      written += container.records();
      missing += here;
      twice += found.twice;
      foreign += found.foreign;
      withoutLabels += found.withoutLabels;
      if (here != 0 || found.twice != 0 || found.foreign != 0) {
        out.printf(
            "%s: %d of %d records missing (first: seq=%d), %d twice, %d unknown%n",
            container.pod(),
            here,
            container.records(),
            found.once.nextClearBit(0),
            found.twice,
            found.foreign);
      }
    }
    boolean good = missing == 0 && twice == 0 && foreign == 0 && withoutLabels == 0;
    out.printf(
        "%s %,d records written; %,d missing, %,d twice, %,d unknown, %,d without labels.%n",
        good ? "✔" : "✘", written, missing, twice, foreign, withoutLabels);
    return good;
  }
}
