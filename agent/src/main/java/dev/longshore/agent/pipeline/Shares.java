package dev.longshore.agent.pipeline;

import dev.longshore.shared.units.DataSize;

/// How much of the queue one container may hold: enough to keep Elasticsearch busy, little enough
/// that the lines of others, which stand behind it, are not late. The rest of its backlog stays in
/// its own files. A file that is rotated or deleted may soon be gone, so it may take more.
final class Shares {
  /// What Elasticsearch indexes in about a second.
  static final long LIVE_BYTES = 16L << 20;

  private final long liveBytes;
  private final long atRiskBytes;

  Shares(DataSize bufferMaxSize) {
    atRiskBytes = Math.max(1, bufferMaxSize.bytes() / 2);
    liveBytes = Math.min(LIVE_BYTES, Math.max(1, bufferMaxSize.bytes() / 4));
  }

  boolean spent(Feed feed) {
    boolean atRisk = !feed.file.path().equals(feed.file.livePath());
    return feed.account.bufferedBytes() >= (atRisk ? atRiskBytes : liveBytes);
  }
}
