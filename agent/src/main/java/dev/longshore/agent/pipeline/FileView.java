package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.tail.FileStatus;
import org.jspecify.annotations.Nullable;

/// A file for the status page: how far it is, what it waits for, and the rules that apply.
///
/// @param status how far it is read
/// @param paused why it was not read when it was its turn last, or null when it was
/// @param waiting the same for people, with its figures, or empty
/// @param snapshot what its documents share, or null before its metadata was looked up
/// @param enriched whether its records carry the pod's metadata
/// @param rules what the pod's annotations say
public record FileView(
    FileStatus status,
    @Nullable PauseReason paused,
    String waiting,
    @Nullable Snapshot snapshot,
    boolean enriched,
    PodRules rules) {

  /// Where its records go, or null before its metadata was looked up.
  public @Nullable String dataStream() {
    return snapshot == null ? null : snapshot.dataStream();
  }
}
