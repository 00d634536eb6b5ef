package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.tail.FileStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What can't be read is named as behind, what is not read on purpose is not, and a time that has
/// not come is never told.
class ReadWatermarkTrackerTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long SCAN_MILLIS = 1_795_412_935_000L;

  @Test
  void aFolderThatCannotBeListedIsBehindAndAnIgnoredLinkIsNot() {
    ReadWatermarkTracker tracker = new ReadWatermarkTracker(Duration.ofMillis(200));
    tracker.turned(OptionalLong.of(SCAN_MILLIS), 0, SECOND);
    tracker.turned(OptionalLong.of(SCAN_MILLIS), 5 * SECOND, 6 * SECOND);

    assertThat(
            tracker.upTo(
                List.of(),
                List.of(
                    status("vault-0", FileStatus.State.UNREADABLE),
                    status("evil-6c8d", FileStatus.State.IGNORED)),
                SCAN_MILLIS + 6_000))
        .isEqualTo(new ReadWatermark(SCAN_MILLIS * 1_000_000, Map.of("shop/vault-0/app", 0L)));
  }

  @Test
  void aClockThatIsSetBackMakesNoTimeKnownThatHasNotCome() {
    ReadWatermarkTracker tracker = new ReadWatermarkTracker(Duration.ofMillis(200));
    long ahead = SCAN_MILLIS + Duration.ofHours(1).toMillis();
    tracker.turned(OptionalLong.of(ahead), 0, SECOND);
    tracker.turned(OptionalLong.of(ahead), 5 * SECOND, 6 * SECOND);

    assertThat(tracker.upTo(List.of(), List.of(), SCAN_MILLIS))
        .isEqualTo(new ReadWatermark(SCAN_MILLIS * 1_000_000, Map.of()));
  }

  private static FileStatus status(String pod, FileStatus.State state) {
    return new FileStatus(
        Path.of("/var/log/pods/shop_" + pod + "_0f1e/app"),
        null,
        new ContainerRef("shop", pod, "0f1e", "app"),
        0,
        0,
        0,
        state,
        "Permission denied",
        0);
  }
}
