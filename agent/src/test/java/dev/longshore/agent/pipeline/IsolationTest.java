package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.UnknownPodPolicy;
import dev.longshore.agent.event.Account;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.PodServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever is wrong with one container's logs or their destination delays them alone.
class IsolationTest {
  private static final String ORDERS = "logs-orders-default";

  @TempDir Path folder;
  private PodServer server;
  private PipelineFixture fixture;
  private PodLog other;

  @BeforeEach
  void build() throws IOException {
    server = new PodServer();
    fixture = new PipelineFixture(folder);
    Path kubeconfig = folder.resolve("kubeconfig");
    server.writeKubeconfig(kubeconfig);
    fixture.kubernetes =
        new KubernetesConfig(
            true,
            kubeconfig,
            Duration.ofMinutes(1),
            UnknownPodPolicy.SHIP,
            DataSize.ofKiB(16),
            List.of(),
            false);
    other =
        fixture.log("web-1", PodsFixture.create(server, "web-1", Map.of(), Map.of(), "app"), "app");
  }

  @AfterEach
  void close() {
    fixture.close();
    server.close();
  }

  private PodLog orders() throws IOException {
    Map<String, String> own = Map.of("longshore.dev/dataset", "orders");
    return fixture.log(
        "orders-1", PodsFixture.create(server, "orders-1", Map.of(), own, "app"), "app");
  }

  /// The other container's lines arrive, one by one, though nothing of the first does.
  private void othersFlow() throws IOException {
    for (int i = 0; i < 5; i++) {
      String message = "line " + i;
      other.out(message);
      fixture.until(Duration.ofSeconds(5), () -> fixture.elastic.messages().contains(message));
    }
  }

  @Test
  void aBlockedIndexDelaysWhatGoesThereAlone() throws IOException {
    fixture.elastic.block(ORDERS);
    orders().out("an order");
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () -> fixture.pipeline().dispatcher().status().toString().contains("block"));
    othersFlow();
    assertThat(fixture.elastic.messages()).doesNotContain("an order");

    fixture.elastic.block("");

    fixture.expect("an order", "line 0", "line 1", "line 2", "line 3", "line 4");
  }

  @Test
  void aNodeThatDoesNotAnswerDelaysWhatWaitsForItAlone() throws IOException {
    fixture.elastic.keepSilentAbout(ORDERS);
    PodLog orders = orders();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append(orders.cri("stdout", "F", "x".repeat(1_000)));
    }
    orders.raw(text.toString());
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () ->
            fixture.pipeline().files().stream()
                .anyMatch(it -> it.paused() == PauseReason.FAIR_SHARE));
    othersFlow();
    assertThat(fixture.elastic.count()).isEqualTo(5);
  }

  @Test
  void aPoisonDocumentDelaysItselfAlone() throws IOException {
    fixture.elastic.refuse(document -> document.contains("poison"));
    PodLog orders = orders().out("before").out("poison").out("after");
    fixture.start();
    othersFlow();
    orders.out("later");
    fixture.until(
        Duration.ofSeconds(5),
        () -> fixture.elastic.messages().containsAll(List.of("before", "after", "later")));
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::deadLettered) == 1);
    fixture.assertLedger();
  }

  @Test
  void aPodThatNobodyKnowsWaitsAlone() throws IOException {
    PodLog stranger = fixture.log("stranger-1", "99999999", "app").out("of a pod nobody knows yet");
    fixture.start();
    othersFlow();
    assertThat(fixture.elastic.messages()).doesNotContain("of a pod nobody knows yet");
    assertThat(fixture.pipeline().files())
        .filteredOn(it -> it.status().path().equals(stranger.live))
        .singleElement()
        .satisfies(it -> assertThat(it.paused()).isEqualTo(PauseReason.METADATA));
  }
}
