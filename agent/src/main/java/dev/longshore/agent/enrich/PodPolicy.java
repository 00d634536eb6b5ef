package dev.longshore.agent.enrich;

import java.util.ArrayList;
import java.util.List;

/// What pods may decide about their own logs.
///
/// @param annotations patterns of the annotations that count, without the container that they may
///   name
/// @param denyAnnotations patterns of those that don't, before `annotations`
/// @param datasets patterns of the datasets that a pod may name; `longshore` and what begins with
///   `longshore.` is the agent's own and can't be named in any case
/// @param allowExclude whether a pod may keep its logs from being shipped
/// @param allowDrop whether a pod may have lines dropped, by `longshore.dev/over-limit: drop`
/// @param allowUnredacted whether a pod may have shipped what the configuration has redacted, by
///   `longshore.dev/redact: -<pattern>`; more redacted it may have in any case
public record PodPolicy(
    List<String> annotations,
    List<String> denyAnnotations,
    List<String> datasets,
    boolean allowExclude,
    boolean allowDrop,
    boolean allowUnredacted) {

  private static final String RESERVED_DATASET = "longshore";

  /// Pods are their owners' business where the operator does not say otherwise.
  public static final PodPolicy DEFAULT =
      new PodPolicy(List.of("*"), List.of(), List.of("*"), true, true, false);

  /// One by which pods ship nothing that the configuration has redacted.
  public PodPolicy(
      List<String> annotations,
      List<String> denyAnnotations,
      List<String> datasets,
      boolean allowExclude,
      boolean allowDrop) {
    this(annotations, denyAnnotations, datasets, allowExclude, allowDrop, false);
  }

  /// @throws IllegalArgumentException with all problems
  public PodPolicy {
    annotations = List.copyOf(annotations);
    denyAnnotations = List.copyOf(denyAnnotations);
    datasets = List.copyOf(datasets);
    List<String> problems = new ArrayList<>();
    checkAnnotations("annotations", annotations, problems);
    checkAnnotations("denyAnnotations", denyAnnotations, problems);
    for (String dataset : datasets) {
      if (!Annotations.isDataset(dataset.replace('*', 'x'))) {
        problems.add(
            "datasets has '"
                + dataset
                + "', which no dataset matches; write up to 100 of a-z, 0-9, '_', '.' and '*', such"
                + " as payments.*");
      } else if (isReserved(dataset)) {
        problems.add(
            "datasets has '%s'; datasets of the agent's own can't be given to pods"
                .formatted(dataset));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  private static void checkAnnotations(String key, List<String> patterns, List<String> problems) {
    for (String pattern : patterns) {
      if (ControlAnnotations.KNOWN.stream().noneMatch(it -> NamePattern.matches(pattern, it))) {
        problems.add(
            "%s has '%s', which matches no annotation of the agent; known are %s"
                .formatted(key, pattern, String.join(", ", ControlAnnotations.KNOWN)));
      }
    }
  }

  /// Whether an annotation counts.
  ///
  /// @param name without the container that it may name
  boolean permitsAnnotation(String name) {
    return NamePattern.matchesAny(annotations, name)
        && !NamePattern.matchesAny(denyAnnotations, name);
  }

  boolean permitsDataset(String dataset) {
    return NamePattern.matchesAny(datasets, dataset);
  }

  /// Whether a dataset is the agent's own, such as that of the dead letters.
  static boolean isReserved(String dataset) {
    return dataset.equals(RESERVED_DATASET) || dataset.startsWith(RESERVED_DATASET + ".");
  }
}
