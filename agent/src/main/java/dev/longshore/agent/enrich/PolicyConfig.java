package dev.longshore.agent.enrich;

import dev.longshore.agent.redact.RedactConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The section `policy` of the configuration: what the operator lets pods decide.
///
/// @param pods what holds where no namespace's own does
/// @param maxDataStreams how many data streams of pods' own choice the agent ships to at a time;
///   pods beyond it ship to the configured one
/// @param namespaces what holds in some namespaces; the first that matches
/// @param redactions names of patterns that `longshore.dev/redact` may have
public record PolicyConfig(
    PodPolicy pods, int maxDataStreams, List<NamespacePolicy> namespaces, Set<String> redactions) {

  /// Each is a shard or more in Elasticsearch, which has room for 1,000 on a node, and a bulk
  /// request of its own.
  public static final int DEFAULT_MAX_DATA_STREAMS = 50;

  public static final int LARGEST_MAX_DATA_STREAMS = 1_000;

  /// One with the patterns that need no configuration.
  public PolicyConfig(PodPolicy pods, int maxDataStreams, List<NamespacePolicy> namespaces) {
    this(pods, maxDataStreams, namespaces, RedactConfig.defaults().names());
  }

  /// What holds in the namespaces that match.
  ///
  /// @param match patterns of their names
  public record NamespacePolicy(List<String> match, PodPolicy pods) {
    private static final int MAX_CHARACTERS = 63;

    /// @throws IllegalArgumentException with all problems
    public NamespacePolicy {
      match = List.copyOf(match);
      List<String> problems = new ArrayList<>();
      if (match.isEmpty()) {
        problems.add("match is empty; write names of namespaces, such as [kube-system, 'team-*']");
      }
      for (String pattern : match) {
        boolean valid =
            pattern.length() <= MAX_CHARACTERS
                && pattern
                    .chars()
                    .allMatch(
                        c ->
                            (c >= 'a' && c <= 'z')
                                || (c >= '0' && c <= '9')
                                || c == '-'
                                || c == '*');
        if (!valid) {
          problems.add(
              "match has '%s', which no namespace matches; write up to 63 of a-z, 0-9, '-' and '*'"
                  .formatted(pattern));
        }
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
    }
  }

  /// @throws IllegalArgumentException with all problems
  public PolicyConfig {
    namespaces = List.copyOf(namespaces);
    redactions = Set.copyOf(redactions);
    if (maxDataStreams < 0 || maxDataStreams > LARGEST_MAX_DATA_STREAMS) {
      throw new IllegalArgumentException(
          "maxDataStreams is %d; it must be between 0 and %d"
              .formatted(maxDataStreams, LARGEST_MAX_DATA_STREAMS));
    }
  }

  public static PolicyConfig defaults() {
    return new PolicyConfig(PodPolicy.DEFAULT, DEFAULT_MAX_DATA_STREAMS, List.of());
  }

  /// What holds for the pods of a namespace.
  PodPolicy of(String namespace) {
    for (NamespacePolicy each : namespaces) {
      if (NamePattern.matchesAny(each.match, namespace)) {
        return each.pods;
      }
    }
    return pods;
  }
}
