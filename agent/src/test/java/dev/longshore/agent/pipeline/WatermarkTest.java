package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.PodServer;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The watermark is never past a line that is unread, open, queued, or not yet searchable, but for
/// the containers that it names.
class WatermarkTest {
  /// The API server starts, the pod becomes known, a backoff passes.
  private static final Duration LONG = Pier.SOON.multipliedBy(4);

  @TempDir Path folder;
  private Pier pier;

  @BeforeEach
  void build() throws IOException {
    pier = new Pier(folder);
  }

  @AfterEach
  void close() {
    pier.close();
  }

  private Instant watermark() {
    return pier.pipeline()
        .completedUpTo()
        .watermark()
        .map(it -> Instant.ofEpochSecond(0, it.epochNanos()))
        .orElse(Instant.MIN);
  }

  @Test
  void thereIsNoneBeforeAScanAndThenItIsTheScansStartOnceEachFileWasAskedSince() {
    ReadProgress progress = new ReadProgress(Duration.ofMillis(200));
    long second = 1_000_000_000;
    progress.turned(OptionalLong.empty(), 0, 0);
    assertThat(progress.upTo(List.of(), List.of(), 10_000)).isNull();
    progress.turned(OptionalLong.of(7_000), 0, 0);
    progress.turned(OptionalLong.of(7_200), second, second);
    assertThat(progress.upTo(List.of(), List.of(), 10_000)).isNull();
    progress.turned(OptionalLong.of(8_800), second * 2, second * 2);
    assertThat(progress.upTo(List.of(), List.of(), 10_000))
        .isEqualTo(new ReadUpTo(7_000 * 1_000_000L, Map.of()));
    progress.turned(OptionalLong.of(11_000), second * 4, second * 4);
    assertThat(progress.upTo(List.of(), List.of(), 12_000))
        .isEqualTo(new ReadUpTo(8_800 * 1_000_000L, Map.of()));
  }

  @Test
  void withNothingPendingItFollowsTheClock() throws IOException {
    pier.log("checkout-7d9f", "app").out("paid");
    Instant began = Instant.now();
    pier.start().expect("paid");
    await().atMost(Pier.SOON).until(() -> watermark().isAfter(began.plusSeconds(2)));
    assertThat(watermark()).isBefore(Instant.now());
  }

  @Test
  void aQueuedLineHoldsItUntilElasticsearchIsBack() throws Exception {
    PodLog log = pier.log("checkout-7d9f", "app").out("paid");
    pier.elastic.mood(MemoryElastic.Mood.AWAY);
    pier.start();
    await().atMost(Pier.SOON).until(() -> pier.buffer().pendingBlocks() == 1);
    Instant stamp = log.lastStamp();
    await()
        .during(Duration.ofSeconds(4))
        .atMost(Pier.SOON)
        .until(() -> !watermark().isAfter(stamp));
    pier.elastic.mood(MemoryElastic.Mood.UP);
    await().atMost(Pier.SOON).until(() -> watermark().isAfter(stamp.plusSeconds(1)));
  }

  @Test
  void anOpenTraceHoldsItThoughTheOtherStreamGoesOn() throws Exception {
    pier.frame =
        new FrameConfig(DataSize.ofMiB(1), "auto", Duration.ofSeconds(6), Duration.ofSeconds(1));
    PodLog log = pier.log("checkout-7d9f", "app").out("up");
    pier.start().expect("up");
    log.stampedFrom(Instant.now());
    log.err("java.lang.IllegalStateException: empty cart");
    Instant open = log.lastStamp();
    log.stampedFrom(Instant.now().plusMillis(100));
    log.out("of stdout");
    await().atMost(Pier.SOON).until(() -> pier.elastic.count() == 2);
    await().during(Duration.ofSeconds(3)).atMost(Pier.SOON).until(() -> !watermark().isAfter(open));
    await().atMost(Pier.SOON).until(() -> watermark().isAfter(open.plusSeconds(1)));
    assertThat(pier.elastic.count()).isEqualTo(3);
  }

  @Test
  void aContainerThatIsMoreThanFiveMinutesBehindIsNamedAndHoldsNobody() throws IOException {
    PodLog late = pier.log("late-1", "app").stampedFrom(Instant.now().minusSeconds(3_600));
    late.out("an hour old").part("stdout", "open");
    pier.frame =
        new FrameConfig(DataSize.ofMiB(1), "auto", Duration.ofSeconds(1), Duration.ofMinutes(1));
    Instant began = Instant.now();
    pier.start();
    await().atMost(Pier.SOON).until(() -> watermark().isAfter(began));
    var named = pier.pipeline().completedUpTo().watermark().orElseThrow().behind();
    assertThat(named).containsOnlyKeys("shop/late-1/app");
  }

  private Map<String, Long> behind() {
    return pier.pipeline().completedUpTo().watermark().orElseThrow().behind();
  }

  @Test
  void anOldBacklogThatIsQueuedIsNamedAndHoldsNobody() throws IOException {
    PodLog late = pier.log("late-1", "app").stampedFrom(Instant.now().minusSeconds(3_600));
    late.out("an hour old");
    Instant stamp = late.lastStamp();
    pier.elastic.mood(MemoryElastic.Mood.AWAY);
    Instant began = Instant.now();
    pier.start();
    await().atMost(Pier.SOON).until(() -> pier.buffer().pendingBlocks() == 1);
    await().atMost(Pier.SOON).until(() -> watermark().isAfter(began));
    assertThat(behind())
        .isEqualTo(
            Map.of("shop/late-1/app", stamp.getEpochSecond() * 1_000_000_000 + stamp.getNano()));
    pier.elastic.mood(MemoryElastic.Mood.UP);
    await().atMost(Pier.SOON).until(() -> behind().isEmpty());
    assertThat(pier.elastic.count()).isEqualTo(1);
  }

  @Test
  void aBlockedDestinationHoldsItForFiveMinutesAndThenNobodyElse() throws IOException {
    try (PodServer server = new PodServer()) {
      Path kubeconfig = folder.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      pier.kubernetes =
          new KubernetesConfig(
              true, kubeconfig, Duration.ofSeconds(10), DataSize.ofKiB(16), List.of(), false);
      String uid =
          server.create(
              new PodBuilder()
                  .withNewMetadata()
                  .withNamespace("shop")
                  .withName("payments-1")
                  .withAnnotations(Map.of("longshore.dev/dataset", "payments"))
                  .endMetadata()
                  .withNewSpec()
                  .withNodeName("node-1")
                  .endSpec()
                  .withNewStatus()
                  .withContainerStatuses(
                      new ContainerStatusBuilder()
                          .withName("app")
                          .withContainerID("containerd://payments-1")
                          .build())
                  .endStatus()
                  .build());
      PodLog blocked = pier.log("payments-1", uid, "app").out("refused");
      Instant stamp = blocked.lastStamp();
      pier.elastic.away("logs-payments-default");
      pier.start();
      await().atMost(LONG).until(() -> pier.buffer().pendingBlocks() == 1);
      await()
          .during(Duration.ofSeconds(4))
          .atMost(LONG)
          .until(() -> !watermark().isAfter(stamp) && noneBehind());

      pier.clock.leap(Duration.ofMinutes(6));
      await().atMost(LONG).until(() -> watermark().isAfter(stamp.plusSeconds(300)));
      assertThat(behind()).containsOnlyKeys("shop/payments-1/app");
      assertThat(pier.buffer().pendingBlocks()).isEqualTo(1);

      pier.elastic.away("");
      pier.clock.leap(Duration.ofMinutes(1));
      await().atMost(LONG).until(() -> behind().isEmpty());
      assertThat(pier.elastic.messages()).containsExactly("refused");
    }
  }

  private boolean noneBehind() {
    return pier.pipeline().completedUpTo().watermark().stream().allMatch(w -> w.behind().isEmpty());
  }
}
