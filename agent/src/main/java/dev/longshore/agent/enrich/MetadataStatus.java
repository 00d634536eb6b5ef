package dev.longshore.agent.enrich;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How it stands with the API server. For people: nothing stops when it is away.
///
/// @param enabled whether the API server is asked at all
/// @param connected whether both watches stand; one on which nothing is heard ends within 35 s
/// @param server the API server's address, or null before the configuration was read
/// @param lastError what failed last and was not followed by a success, or null
/// @param podsKnown pods on this node, and those that are deleted but not yet shipped
/// @param podsDeleted how many of them are deleted
/// @param waitingPods pods that have logs and of which nothing is known yet, the one that waits
///   longest first
/// @param lastEvent when the API server last told something, or null
public record MetadataStatus(
    boolean enabled,
    boolean connected,
    @Nullable String server,
    @Nullable String lastError,
    int podsKnown,
    int podsDeleted,
    List<WaitingPod> waitingPods,
    @Nullable Instant lastEvent) {

  /// A pod that has logs and of which nothing is known.
  ///
  /// @param uid as its path has it
  /// @param since when its logs were first seen without it
  public record WaitingPod(String namespace, String pod, String uid, Instant since) {}

  public MetadataStatus {
    waitingPods = List.copyOf(waitingPods);
  }
}
