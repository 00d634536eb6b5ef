package dev.longshore.agent.tail;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// What becomes of a generation that can't be read: it is tried again at each rescan. What the disk
/// fails to read for [#PATIENCE_NANOS] is passed over and counted as lost, page by page: else all
/// that comes behind it would wait for ever, in this file and in those that were written after it.
/// Owned by the reading thread.
final class ReadTrouble {

  /// A path to a disk that is repaired comes back sooner.
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final TailLog tailLog;
  private final FileReaper reaper;
  private final long rescanNanos;

  ReadTrouble(TailLog tailLog, FileReaper reaper, long rescanNanos) {
    this.tailLog = tailLog;
    this.reaper = reaper;
    this.rescanNanos = rescanNanos;
  }

  /// An attempt to read the generation has failed.
  void met(Generation generation, IOException cause, long now) {
    Source source = generation.source;
    if (generation.troubledSinceNanos == Generation.NEVER) {
      generation.troubledSinceNanos = now;
    } else if (source != null && now - generation.troubledSinceNanos >= PATIENCE_NANOS) {
      source.passOverBadPages(generation.readOffset());
    }
    String reason = String.valueOf(cause.getMessage());
    generation.trouble = reason.isEmpty() ? cause.toString() : reason;
    generation.dueNanos = now + rescanNanos;
    tailLog.trouble(generation);
  }

  /// The generation was read.
  void over(Generation generation, Source source) {
    generation.trouble = "";
    generation.troubledSinceNanos = Generation.NEVER;
    long lostBytes = source.takeLostBytes();
    if (lostBytes > 0) {
      tailLog.passedOver(generation, lostBytes);
      reaper.lost(generation, lostBytes);
    }
  }
}
