package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.UnknownPodPolicy;
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
  private static final Duration LONG = PipelineFixture.SOON.multipliedBy(4);

  @TempDir Path folder;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Instant watermark() {
    return fixture
        .pipeline()
        .searchableWatermark()
        .watermark()
        .map(it -> Instant.ofEpochSecond(0, it.epochNanos()))
        .orElse(Instant.MIN);
  }

  @Test
  void thereIsNoneBeforeAScanAndThenItIsTheScansStartOnceEachFileWasAskedSince() {
    ReadWatermarkTracker progress = new ReadWatermarkTracker(Duration.ofMillis(200));
    long second = 1_000_000_000;
    progress.turned(OptionalLong.empty(), 0, 0);
    assertThat(progress.upTo(List.of(), List.of(), 10_000)).isNull();
    progress.turned(OptionalLong.of(7_000), 0, 0);
    progress.turned(OptionalLong.of(7_200), second, second);
    assertThat(progress.upTo(List.of(), List.of(), 10_000)).isNull();
    progress.turned(OptionalLong.of(8_800), second * 2, second * 2);
    assertThat(progress.upTo(List.of(), List.of(), 10_000))
        .isEqualTo(new ReadWatermark(7_000 * 1_000_000L, Map.of()));
    progress.turned(OptionalLong.of(11_000), second * 4, second * 4);
    assertThat(progress.upTo(List.of(), List.of(), 12_000))
        .isEqualTo(new ReadWatermark(8_800 * 1_000_000L, Map.of()));
  }

  @Test
  void withNothingPendingItFollowsTheClock() throws IOException {
    fixture.log("checkout-7d9f", "app").out("paid");
    Instant began = fixture.clock.now();
    fixture.start().expect("paid");
    fixture.until(PipelineFixture.SOON, () -> watermark().isAfter(began.plusSeconds(2)));
    assertThat(watermark()).isBefore(fixture.clock.now());
  }

  @Test
  void aQueuedLineHoldsItUntilElasticsearchIsBack() throws Exception {
    PodLog log = fixture.log("checkout-7d9f", "app").out("paid");
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().pendingBlocks() == 1);
    Instant stamp = log.lastStamp();
    fixture.during(Duration.ofSeconds(4), () -> !watermark().isAfter(stamp));
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.until(PipelineFixture.SOON, () -> watermark().isAfter(stamp.plusSeconds(1)));
  }

  @Test
  void anOpenTraceHoldsItThoughTheOtherStreamGoesOn() throws Exception {
    fixture.frame =
        new FrameConfig(DataSize.ofMiB(1), "auto", Duration.ofSeconds(6), Duration.ofSeconds(1));
    PodLog log = fixture.log("checkout-7d9f", "app").out("up");
    fixture.start().expect("up");
    log.stampedFrom(fixture.clock.now());
    log.err("java.lang.IllegalStateException: empty cart");
    Instant open = log.lastStamp();
    log.stampedFrom(fixture.clock.now().plusMillis(100));
    log.out("of stdout");
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 2);
    fixture.during(Duration.ofSeconds(3), () -> !watermark().isAfter(open));
    fixture.until(PipelineFixture.SOON, () -> watermark().isAfter(open.plusSeconds(1)));
    assertThat(fixture.elastic.count()).isEqualTo(3);
  }

  @Test
  void aContainerThatIsMoreThanFiveMinutesBehindIsNamedAndHoldsNobody() throws IOException {
    PodLog late = fixture.log("late-1", "app").stampedFrom(fixture.clock.now().minusSeconds(3_600));
    late.out("an hour old").part("stdout", "open");
    fixture.frame =
        new FrameConfig(DataSize.ofMiB(1), "auto", Duration.ofSeconds(1), Duration.ofMinutes(1));
    Instant began = fixture.clock.now();
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> watermark().isAfter(began));
    var named = fixture.pipeline().searchableWatermark().watermark().orElseThrow().behind();
    assertThat(named).containsOnlyKeys("shop/late-1/app");
  }

  private Map<String, Long> behind() {
    return fixture.pipeline().searchableWatermark().watermark().orElseThrow().behind();
  }

  @Test
  void anOldBacklogThatIsQueuedIsNamedAndHoldsNobody() throws IOException {
    PodLog late = fixture.log("late-1", "app").stampedFrom(fixture.clock.now().minusSeconds(3_600));
    late.out("an hour old");
    Instant stamp = late.lastStamp();
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    Instant began = fixture.clock.now();
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().pendingBlocks() == 1);
    fixture.until(PipelineFixture.SOON, () -> watermark().isAfter(began));
    assertThat(behind())
        .isEqualTo(
            Map.of("shop/late-1/app", stamp.getEpochSecond() * 1_000_000_000 + stamp.getNano()));
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.until(PipelineFixture.SOON, () -> behind().isEmpty());
    assertThat(fixture.elastic.count()).isEqualTo(1);
  }

  @Test
  void aBlockedDestinationHoldsItForFiveMinutesAndThenNobodyElse() throws IOException {
    try (PodServer server = new PodServer()) {
      Path kubeconfig = folder.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      fixture.kubernetes =
          new KubernetesConfig(
              true,
              kubeconfig,
              Duration.ofSeconds(10),
              UnknownPodPolicy.SHIP,
              DataSize.ofKiB(16),
              List.of(),
              false);
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
      PodLog blocked = fixture.log("payments-1", uid, "app").out("refused");
      Instant stamp = blocked.lastStamp();
      fixture.elastic.away("logs-payments-default");
      fixture.start();
      fixture.until(LONG, () -> fixture.buffer().pendingBlocks() == 1);
      fixture.during(Duration.ofSeconds(4), () -> !watermark().isAfter(stamp) && noneBehind());

      fixture.clock.leap(Duration.ofMinutes(6));
      fixture.until(LONG, () -> watermark().isAfter(stamp.plusSeconds(300)));
      assertThat(behind()).containsOnlyKeys("shop/payments-1/app");
      assertThat(fixture.buffer().pendingBlocks()).isEqualTo(1);

      fixture.elastic.away("");
      fixture.clock.leap(Duration.ofMinutes(1));
      fixture.until(LONG, () -> behind().isEmpty());
      assertThat(fixture.elastic.messages()).containsExactly("refused");
    }
  }

  private boolean noneBehind() {
    return fixture.pipeline().searchableWatermark().watermark().stream()
        .allMatch(w -> w.behind().isEmpty());
  }
}
