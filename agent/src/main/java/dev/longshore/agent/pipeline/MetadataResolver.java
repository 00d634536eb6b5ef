package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.Lookup;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.PodMetadata;
import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.frame.FrameRules;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// Finds what a file's records are shipped with, and by which rules; a file that has shipped
/// nothing yet waits for it a while, and no file of its container waits again for what did not come
/// then. Owned by the reading thread.
final class MetadataResolver {
  private final Metadata metadata;
  private final Snapshots snapshots;
  private final Duration metadataWait;
  private final String defaultMultiline;
  private final Clock clock;

  /// Containers with a file that has waited to the end.
  private final Set<ContainerRef> waitedFor = new HashSet<>();

  /// @param metadataWait how long a file waits for its container's own metadata
  /// @param defaultMultiline where the pod doesn't say
  MetadataResolver(
      Metadata metadata,
      Snapshots snapshots,
      Duration metadataWait,
      String defaultMultiline,
      Clock clock) {
    this.metadata = metadata;
    this.snapshots = snapshots;
    this.metadataWait = metadataWait;
    this.defaultMultiline = defaultMultiline;
    this.clock = clock;
  }

  /// Finds the metadata that the next blocks name.
  ///
  /// @return why the file waits for it, or empty
  String describe(FileState state) {
    return switch (metadata.lookup(state.file.container())) {
      case Lookup.Known(var known) -> {
        if (!state.isOf(known.version())) {
          String missing = "the container's own is not there yet";
          if (!known.complete() && waits(state, metadataWait)) {
            yield missing;
          }
          use(state, known);
        }
        yield "";
      }
      case Lookup.Unknown(var reason, var longestWait) -> {
        if (state.snapshot == null) {
          if (waits(state, longestWait)) {
            yield reason;
          }
          state.useThePath(snapshots.fromPath(state.file, reason, state.rules));
        }
        yield "";
      }
    };
  }

  private boolean waits(FileState state, Duration longest) {
    if (state.snapshot != null || longest.isZero() || waitedFor.contains(state.file.container())) {
      return false;
    }
    boolean waits = state.waitFor(clock.nanoTime()) < longest.toNanos();
    if (!waits) {
      waitedFor.add(state.file.container());
    }
    return waits;
  }

  /// The container has neither files nor records any more.
  void forget(ContainerRef container) {
    waitedFor.remove(container);
  }

  private void use(FileState state, PodMetadata known) {
    PodRules rules = metadata.rules(state.file.container(), known);
    state.use(known.version(), rules, snapshots.of(state.file, known, rules));
    if (state.framer != null) {
      state.framer.rules(frameRules(state));
    }
  }

  /// How the file is framed.
  FrameRules frameRules(FileState state) {
    return new FrameRules(
        multiline(state.rules.multilineStdout()),
        multiline(state.rules.multilineStderr()),
        state.rules.excludeStdout(),
        state.rules.excludeStderr());
  }

  private String multiline(String wanted) {
    return FrameRules.MULTILINE_NAMES.contains(wanted) ? wanted : defaultMultiline;
  }
}
