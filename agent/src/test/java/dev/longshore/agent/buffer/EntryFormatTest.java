package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What an entry says is read back as it was written.
class EntryFormatTest {
  @Test
  void aSnapshotIsReadAsItWasWritten() {
    assertThat(readBack(snapshot(false, List.of()))).isEqualTo(snapshot(false, List.of()));
    assertThat(readBack(snapshot(true, List.of("email", "-jwt"))))
        .isEqualTo(snapshot(true, List.of("email", "-jwt")));
  }

  @Test
  void aSnapshotOfAnEarlierVersionKeepsTheIdsOfItsDocuments() {
    Snapshot now = snapshot(false, List.of());
    Snapshot earlier = LogFile.withIds(now, 1);

    assertThat(readBack(earlier)).isEqualTo(earlier).isNotEqualTo(now);
    assertThat(readBack(now).idVersion()).isEqualTo(2);
  }

  private static Snapshot readBack(Snapshot snapshot) {
    EntryFormat format = new EntryFormat();
    format.snapshot(snapshot, 7);
    ByteBuffer entry = EntryFormat.over(format.bytes());
    entry.position(EntryFormat.HEADER_BYTES).limit(format.length());
    Snapshot read = EntryFormat.snapshot(entry);
    assertThat(entry.hasRemaining()).isFalse();
    return read;
  }

  private static Snapshot snapshot(boolean datasetRefused, List<String> redact) {
    return new Snapshot(
        new ContainerRef("shop", "checkout-7d9f", "uid-1", "checkout"),
        "logs-kubernetes.container_logs-default",
        "\"kubernetes\":{\"namespace\":\"shop\"}".getBytes(StandardCharsets.UTF_8),
        "/var/log/pods/shop_checkout-7d9f_uid-1/checkout/0.log",
        true,
        List.of("durationMs", "bytes"),
        datasetRefused,
        redact);
  }
}
