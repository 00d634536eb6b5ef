package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.BufferException;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.shared.log.RateLimitedLogger;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Tells the buffer of generations that are gone. Where it can't note that, as on a full disk, it
/// is told again until it can: else their positions would be kept until the next start. Owned by
/// the reading thread.
final class GoneGenerations {
  private final Consumer<GenerationId> buffer;
  private final Predicate<GenerationId> isFollowed;
  private final RateLimitedLogger warnings;

  /// Those that the buffer could not note yet.
  private final Set<GenerationId> waiting = new LinkedHashSet<>();

  /// @param buffer throws a [BufferException] where it can't note one
  /// @param isFollowed whether a file of the generation is there
  GoneGenerations(
      Consumer<GenerationId> buffer,
      Predicate<GenerationId> isFollowed,
      RateLimitedLogger warnings) {
    this.buffer = buffer;
    this.isFollowed = isFollowed;
    this.warnings = warnings;
  }

  /// No name of the generation exists any more.
  void forget(GenerationId generation) {
    try {
      buffer.accept(generation);
      waiting.remove(generation);
    } catch (BufferException e) {
      waiting.add(generation);
      warnings.warn(
          "forget",
          log -> {
            var _ =
                log.setCause(e)
                    .setMessage("the buffer could not record that a file is gone; retrying");
          });
    }
  }

  /// Tells it again, but of files that came back since.
  void retry() {
    if (!waiting.isEmpty()) {
      waiting.removeIf(isFollowed);
      List.copyOf(waiting).forEach(this::forget);
    }
  }
}
