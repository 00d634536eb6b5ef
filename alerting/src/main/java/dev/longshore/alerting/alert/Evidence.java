package dev.longshore.alerting.alert;

import java.util.List;
import java.util.stream.Stream;

/// What people want to see with an alert, beyond labels and annotations: the value of a metric
/// rule; counts, sample lines and links of a log rule.
///
/// @param value the value that made it true, as text; empty when there is none
/// @param facts short statements, in the order to be shown
/// @param samples lines of logs, in the order to be shown
/// @param links where to look further
public record Evidence(String value, List<Fact> facts, List<Sample> samples, List<Link> links) {
  /// The name of the fact with the errors that a workload logged.
  public static final String ERRORS = "errors";

  /// The name of the fact that draws a metric's value over time.
  public static final String CHART = "chart";

  /// The name of the fact with the newest rollout of a workload.
  public static final String ROLLOUT = "rollout";

  public static final Evidence NONE = new Evidence("", List.of(), List.of(), List.of());

  /// An object with two texts, on the heap.
  private static final int PIECE_BYTES = 24 + 2 * 40;

  public Evidence {
    facts = List.copyOf(facts);
    samples = List.copyOf(samples);
    links = List.copyOf(links);
  }

  /// A value alone.
  public static Evidence ofValue(String value) {
    return new Evidence(value, List.of(), List.of(), List.of());
  }

  /// A fact alone.
  public static Evidence ofFact(String name, String text) {
    return new Evidence("", List.of(new Fact(name, text)), List.of(), List.of());
  }

  /// This, and behind it the facts, samples and links of another.
  public Evidence and(Evidence other) {
    return new Evidence(
        value.isEmpty() ? other.value : value,
        concat(facts, other.facts),
        concat(samples, other.samples),
        concat(links, other.links));
  }

  private static <T> List<T> concat(List<T> one, List<T> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  /// A short statement: `count` is `412 in 5m`.
  public record Fact(String name, String text) {}

  /// Lines of a log, to be shown as they are.
  ///
  /// @param title where they are from
  public record Sample(String title, String lines) {}

  public record Link(String title, String url) {}

  /// About what it takes on the heap, in bytes.
  long heapBytes() {
    if (equals(NONE)) {
      return 0;
    }
    long texts = Labels.utf8Bytes(value);
    for (Fact fact : facts) {
      texts += PIECE_BYTES + Labels.utf8Bytes(fact.name) + Labels.utf8Bytes(fact.text);
    }
    for (Sample sample : samples) {
      texts += PIECE_BYTES + Labels.utf8Bytes(sample.title) + Labels.utf8Bytes(sample.lines);
    }
    for (Link link : links) {
      texts += PIECE_BYTES + Labels.utf8Bytes(link.title) + Labels.utf8Bytes(link.url);
    }
    return PIECE_BYTES + texts;
  }
}
