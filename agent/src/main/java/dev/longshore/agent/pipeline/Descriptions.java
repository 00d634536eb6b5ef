package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.Lookup;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.PodMetadata;
import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.frame.FrameRules;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;

/// Finds what a file's records are shipped with, and by which rules; a file that has shipped
/// nothing yet waits for it a while. Owned by the reading thread.
final class Descriptions {
  private final Metadata metadata;
  private final Snapshots snapshots;
  private final Duration metadataWait;
  private final String defaultMultiline;
  private final Clock clock;

  /// @param metadataWait after which a file ships with what its path says
  /// @param defaultMultiline where the pod doesn't say
  Descriptions(
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
  String describe(Feed feed) {
    return switch (metadata.lookup(feed.file.container())) {
      case Lookup.Known(var known) -> {
        if (!feed.isOf(known.version())) {
          String missing = "metadata: the container's own is not there yet";
          if (!known.complete() && waits(feed, missing)) {
            yield missing;
          }
          use(feed, known);
        }
        yield "";
      }
      case Lookup.Unknown(var reason) -> {
        if (feed.snapshot == null) {
          if (waits(feed, reason)) {
            yield "metadata: " + reason;
          }
          feed.useThePath(snapshots.fromPath(feed.file, reason, feed.rules));
        }
        yield "";
      }
    };
  }

  private boolean waits(Feed feed, String reason) {
    return feed.snapshot == null && feed.waitFor(reason, clock.nanoTime()) < metadataWait.toNanos();
  }

  private void use(Feed feed, PodMetadata known) {
    PodRules rules = snapshots.rules(feed.file.container(), known.control());
    feed.use(known.version(), rules, snapshots.of(feed.file, known, rules));
    if (feed.framer != null) {
      feed.framer.rules(frameRules(feed));
    }
  }

  /// How the file is framed.
  FrameRules frameRules(Feed feed) {
    return new FrameRules(
        multiline(feed.rules.multilineStdout()),
        multiline(feed.rules.multilineStderr()),
        feed.rules.excludeStdout(),
        feed.rules.excludeStderr());
  }

  private String multiline(String wanted) {
    return FrameRules.MULTILINE_NAMES.contains(wanted) ? wanted : defaultMultiline;
  }
}
