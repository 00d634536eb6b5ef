package dev.longshore.agent.tail;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import org.jspecify.annotations.Nullable;

/// How far files were read, as far as that is kept; asked when a file is identified, to find out
/// whether it still is the one that was read, and where reading resumes. Reading thread.
public interface Checkpoints {

  /// How far the generation was read when that was last committed, or null when nothing of it was.
  /// Under the identity of a [TailedFile#saltNote], that note.
  @Nullable Position committed(GenerationId generation);

  /// Whether there are positions of an earlier run whose files were not found yet.
  boolean hasUnclaimed();
}
