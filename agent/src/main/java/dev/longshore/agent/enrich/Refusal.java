package dev.longshore.agent.enrich;

import java.util.Locale;

/// Something that a pod's annotation demands and the operator's policy does not permit.
///
/// @param text for people: the annotation, and what stands against it
public record Refusal(Reason reason, String text) {

  /// Which part of the policy stands against it.
  public enum Reason {
    /// The annotation does not count.
    ANNOTATION,
    /// The dataset is not one that pods may name.
    DATASET,
    /// The dataset is the agent's own.
    RESERVED_DATASET,
    /// There are as many data streams as the agent may ship to.
    MAX_DATA_STREAMS,
    /// Nothing may be excluded.
    EXCLUDE,
    /// Nothing may be dropped.
    DROP,
    /// Nothing that the operator has redacted may be shipped.
    REDACT;

    /// As metrics write it.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the pod's logs go to another data stream than it wanted.
    boolean isOfDataset() {
      return switch (this) {
        case DATASET, RESERVED_DATASET, MAX_DATA_STREAMS -> true;
        case ANNOTATION, EXCLUDE, DROP, REDACT -> false;
      };
    }
  }
}
