package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.OverLimit;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.frame.RateLimiter;
import dev.longshore.shared.log.RateLimitedLogger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rate limits of containers whose pods ask for one, one limiter for all files of a container,
/// and the account of what was dropped above them. Owned by the reading thread.
final class RateLimits {
  private final RateLimitedLogger warnings;
  private final Map<ContainerRef, Limit> limits = new HashMap<>();

  RateLimits(RateLimitedLogger warnings) {
    this.warnings = warnings;
  }

  /// What happens to lines above the limit decides whose clock fills the bucket.
  private record Limit(RateLimiter limiter, OverLimit overLimit) {}

  /// The limiter above which the file's lines are dropped, or null where none are.
  @Nullable RateLimiter dropping(FileState state) {
    return limiter(state, OverLimit.DROP);
  }

  /// Whether the file's container has read as much as its pod allows for now.
  ///
  /// @param nowNanos monotonic
  boolean delays(FileState state, long nowNanos) {
    RateLimiter limiter = limiter(state, OverLimit.DELAY);
    return limiter != null && limiter.isSpent(nowNanos);
  }

  /// So many bytes of the file were read.
  void took(FileState state, long bytes) {
    RateLimiter limiter = limiter(state, OverLimit.DELAY);
    if (limiter != null) {
      limiter.took(bytes);
    }
  }

  private @Nullable RateLimiter limiter(FileState state, OverLimit wanted) {
    Long bytesPerSecond = state.rules.maxBytesPerSecond();
    if (bytesPerSecond == null || state.rules.overLimit() != wanted) {
      return null;
    }
    ContainerRef container = state.file.container();
    Limit known = limits.get(container);
    if (known == null
        || known.overLimit != wanted
        || known.limiter.bytesPerSecond() != bytesPerSecond) {
      // A delayed container begins empty, so that a restarted agent reads no second's worth at
      // once; a container whose lines are dropped may burst by as much as a second brings.
      long initialBytes = wanted == OverLimit.DELAY ? 1 : bytesPerSecond;
      known = new Limit(new RateLimiter(bytesPerSecond, initialBytes), wanted);
      limits.put(container, known);
    }
    return known.limiter;
  }

  /// Counts what was left out of the records that were framed last.
  void account(FileState state, Framer framer) {
    long records = framer.shedRecords();
    if (records > 0) {
      state.account.overLimit(records, framer.shedBytes());
      warnings.warn(
          "rate " + state.file.container(),
          log -> {
            var _ =
                log.setMessage("a container writes more than its pod allows; lines are dropped")
                    .addKeyValue("container", state.file.container())
                    .addKeyValue("maxBytesPerSecond", state.rules.maxBytesPerSecond());
          });
    }
  }

  /// The container has neither files nor records any more.
  void forget(ContainerRef container) {
    limits.remove(container);
  }
}
