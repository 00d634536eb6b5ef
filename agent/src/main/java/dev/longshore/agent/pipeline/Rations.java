package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.OverLimit;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.frame.Ration;
import dev.longshore.shared.log.Limited;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rations of containers whose pods limit their rate and want the rest dropped; and the books
/// of what was. Owned by the reading thread.
final class Rations {
  private final Limited warnings;
  private final Map<ContainerRef, Ration> rations = new HashMap<>();

  Rations(Limited warnings) {
    this.warnings = warnings;
  }

  /// What the file's container has, or null where nothing is dropped.
  @Nullable Ration of(Feed feed) {
    Long limit = feed.rules.maxBytesPerSecond();
    if (limit == null || feed.rules.overLimit() != OverLimit.DROP) {
      return null;
    }
    return rations.compute(
        feed.file.container(),
        (_, known) -> known != null && known.bytesPerSecond() == limit ? known : new Ration(limit));
  }

  /// Books what was left out of the records that were framed last.
  void account(Feed feed, Framer framer) {
    long records = framer.shedRecords();
    if (records > 0) {
      feed.account.overLimit(records, framer.shedBytes());
      warnings.warn(
          "rate " + feed.file.container(),
          log -> {
            var _ =
                log.setMessage("a container writes more than its pod allows; lines are dropped")
                    .addKeyValue("container", feed.file.container())
                    .addKeyValue("maxBytesPerSecond", feed.rules.maxBytesPerSecond());
          });
    }
  }

  /// The container has no file any more.
  void forget(ContainerRef container) {
    rations.remove(container);
  }
}
