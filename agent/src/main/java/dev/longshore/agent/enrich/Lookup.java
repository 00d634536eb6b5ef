package dev.longshore.agent.enrich;

/// The answer to "what is known about this container's pod?".
public sealed interface Lookup {

  /// The pod is known, perhaps from an earlier run or although it is deleted by now.
  record Known(PodMetadata metadata) implements Lookup {}

  /// It is not known, or not yet.
  ///
  /// @param reason for people, and for `kubernetes.metadata_missing`
  record Unknown(String reason) implements Lookup {}
}
