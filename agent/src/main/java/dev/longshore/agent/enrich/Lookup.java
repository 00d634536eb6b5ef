package dev.longshore.agent.enrich;

import java.time.Duration;

/// The answer to "what is known about this container's pod?".
public sealed interface Lookup {
  /// Until there is an answer; 292 years.
  Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  /// The pod is known, perhaps from an earlier run or although it is deleted by now.
  record Known(PodMetadata metadata) implements Lookup {}

  /// It is not known, or not yet.
  ///
  /// @param reason for people, and for `kubernetes.metadata_missing`
  /// @param longestWait how long its files wait before they are shipped with what their path says;
  ///   zero when there will be no more, [#FOREVER] when they wait for an answer
  record Unknown(String reason, Duration longestWait) implements Lookup {}
}
