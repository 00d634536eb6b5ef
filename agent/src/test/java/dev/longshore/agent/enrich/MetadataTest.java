package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.RecordedExit;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Whatever the API server does, pods that were ever seen are known, and nobody waits for it.
class MetadataTest extends MetadataTestCase {
  /// Threads that sleep on the clock while both watches stand: the sweep and their pings.
  private static final int SWEEP_AND_TWO_WATCHES = 3;

  @Test
  void aPodBecomesKnownWithItsNamespacesLabels() {
    client
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName("shop")
                .addToLabels("team", "payments")
                .endMetadata()
                .build())
        .create();
    Pod pod = create("checkout-7d9f", "worker-3");

    soon()
        .untilAsserted(
            () ->
                assertThat(fields(ref(pod)))
                    .contains(
                        "\"pod\":{\"name\":\"checkout-7d9f\"",
                        "\"labels\":{\"app\":\"checkout\"}",
                        "\"namespace_labels\":{\"team\":\"payments\"}",
                        "\"container\":{\"id\":\"4f2b\",\"image\":{\"name\":\"shop/checkout:1.4\"}}",
                        "\"cluster\":{\"name\":\"eu-1\"}"));
    assertThat(awaitKnown(ref(pod)).complete()).isTrue();
  }

  @Test
  void aChangeIsKnownAndANewVersion() {
    Pod pod = create("checkout-7d9f", "worker-3");
    long before = awaitKnown(ref(pod)).version();

    client
        .pods()
        .inNamespace("shop")
        .withName("checkout-7d9f")
        .edit(
            old ->
                new PodBuilder(old)
                    .editMetadata()
                    .addToAnnotations("longshore.dev/exclude", "stderr")
                    .endMetadata()
                    .build());

    soon()
        .until(
            () ->
                awaitKnown(ref(pod)).version() != before
                    && "stderr"
                        .equals(awaitKnown(ref(pod)).control().get("longshore.dev/exclude")));
  }

  @Test
  void aPodOfAnotherNodeIsNotKnown() {
    Pod other = create("checkout-other", "worker-4");
    Pod ours = create("checkout-7d9f", "worker-3");

    awaitKnown(ref(ours));

    assertThat(metadata.lookup(ref(other))).isInstanceOf(Lookup.Unknown.class);
    assertThat(metadata.status().podsKnown()).isEqualTo(1);
  }

  @Test
  void aDeletedPodIsStillKnown() {
    Pod pod = create("checkout-7d9f", "worker-3");
    awaitKnown(ref(pod));

    client.pods().inNamespace("shop").withName("checkout-7d9f").delete();

    soon().until(() -> metadata.status().podsDeleted() == 1);
    assertThat(fields(ref(pod))).contains("\"labels\":{\"app\":\"checkout\"}");
  }

  @Test
  void afterARestartWithoutTheApiServerPodsAreKnownFromDisk() {
    Pod pod = create("checkout-7d9f", "worker-3");
    PodMetadata before = awaitKnown(ref(pod));
    metadata.close();
    server.destroy();

    metadata = started();

    assertThat(awaitKnown(ref(pod)).version()).isEqualTo(before.version());
    soon().until(() -> metadata.status().lastError() != null);
    assertThat(metadata.status().connected()).isFalse();
  }

  @Test
  void anApiServerThatComesLateIsFound() throws IOException {
    int port = server.getPort();
    soon().until(() -> metadata.status().connected());
    metadata.close();
    server.destroy();
    metadata = started();
    ContainerRef unknown = new ContainerRef("shop", "checkout-7d9f", "uid-1", "checkout");
    soon().until(() -> metadata.status().lastError() != null);
    assertThat(metadata.lookup(unknown))
        .isInstanceOfSatisfying(
            Lookup.Unknown.class,
            answer -> assertThat(answer.reason()).contains("has not been reached"));

    startServer(port);
    Pod pod = create("checkout-7d9f", "worker-3");

    awaitKnown(ref(pod));
    soon().until(() -> metadata.status().connected());
    assertThat(metadata.status().lastError()).isNull();
  }

  @Test
  void aMissingKubeconfigIsNamedAndReadWhenItIsThere() throws IOException {
    metadata.close();
    Path kubeconfig = directory.resolve("kubeconfig");
    byte[] content = Files.readAllBytes(kubeconfig);
    Files.delete(kubeconfig);
    metadata = started();
    soon()
        .untilAsserted(
            () ->
                assertThat(metadata.status().lastError())
                    .contains("kubernetes.kubeconfig=" + kubeconfig));

    Files.write(kubeconfig, content);

    soon().until(() -> metadata.status().connected());
  }

  @Test
  void lostLogsAreAnEventOnTheirPodDeletedOrNot() {
    Pod pod = create("checkout-7d9f", "worker-3");
    awaitKnown(ref(pod));
    client.pods().inNamespace("shop").withName("checkout-7d9f").delete();
    soon().until(() -> metadata.status().podsDeleted() == 1);

    metadata.lost(ref(pod), Path.of("/var/log/pods/shop_checkout-7d9f/checkout/0.log"), 4_711);

    soon().until(() -> !client.v1().events().inNamespace("shop").list().getItems().isEmpty());
    Event event = client.v1().events().inNamespace("shop").list().getItems().getFirst();
    assertThat(event.getReason()).isEqualTo("LogsLost");
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getMessage()).contains("4,711 bytes").contains("checkout/0.log");
    assertThat(event.getInvolvedObject().getUid()).isEqualTo(pod.getMetadata().getUid());
    assertThat(event.getReportingComponent()).isEqualTo("longshore-agent");
    assertThat(event.getReportingInstance()).isEqualTo("worker-3");
  }

  @Test
  void switchedOffEachContainerIsKnownByItsPath() {
    metadata.close();
    KubernetesConfig off =
        new KubernetesConfig(
            false,
            null,
            Duration.ZERO,
            UnknownPodPolicy.WAIT,
            KubernetesConfig.DEFAULT_MAX_METADATA,
            List.of(),
            true);
    metadata =
        new Metadata(
            off,
            policy,
            "worker-3",
            null,
            directory.resolve("off"),
            clock,
            new EnrichMetrics(new SimpleMeterRegistry()),
            new Supervisor(clock, new RecordedExit()));
    metadata.start();

    assertThat(fields(new ContainerRef("shop", "checkout-7d9f", "uid-1", "checkout")))
        .startsWith("\"kubernetes\":{\"namespace\":\"shop\",\"pod\":{\"name\":\"checkout-7d9f\"")
        .doesNotContain("metadata_missing");
    assertThat(directory.resolve("off")).doesNotExist();
  }

  @Test
  void aWatchOnWhichTheServerFallsSilentIsMadeAnewWithinAMinute() throws Exception {
    soon().until(() -> metadata.status().connected());
    relay.silence();
    Pod secret = create("secret-7d9f", "worker-3");
    Instant silent = clock.now();

    clock.awaitSleepers(SWEEP_AND_TWO_WATCHES);
    clock.advance(Heartbeat.INTERVAL);
    clock.awaitSleepers(SWEEP_AND_TWO_WATCHES);
    clock.advance(Heartbeat.TIMEOUT);

    await().atMost(SOON).until(() -> !metadata.status().connected());
    assertThat(metadata.status().lastError()).contains("a ping");
    assertThat(Duration.between(silent, clock.now())).isLessThan(Duration.ofMinutes(1));
    awaitKnown(ref(secret));
    soon().until(() -> metadata.status().connected());
  }

  @Test
  void aWatchThatIsQuietStandsAsLongAsPingsAreAnswered() throws Exception {
    soon().until(() -> metadata.status().connected());
    int connections = relay.accepted();

    for (int i = 0; i < 5; i++) {
      clock.awaitSleepers(SWEEP_AND_TWO_WATCHES);
      clock.advance(Heartbeat.INTERVAL);
      clock.awaitSleepers(SWEEP_AND_TWO_WATCHES);
      awaitPongs();
      clock.advance(Heartbeat.TIMEOUT);
    }

    assertThat(metadata.status().connected()).isTrue();
    assertThat(metadata.status().lastError()).isNull();
    assertThat(relay.accepted()).isEqualTo(connections);
  }

  /// What arrives on a watch after the ping is as good as the answer to it.
  private void awaitPongs() {
    double before = events();
    String name = "checkout-" + clock.epochMillis();
    client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    create(name, "worker-3");
    await().atMost(SOON).until(() -> events() >= before + 2);
  }

  private double events() {
    return registry.get("longshore.agent.metadata.events").counter().count();
  }

  @Test
  void podsBeyondTheLimitOfDataStreamsShipToTheConfiguredOne() {
    metadata.close();
    policy = new PolicyConfig(PodPolicy.DEFAULT, 1, List.of());
    metadata = started();

    assertThat(rules("web-1", "web").dataset()).isEqualTo("web");
    PodRules beyond = rules("orders-1", "orders");

    assertThat(beyond.dataset()).isNull();
    assertThat(beyond.datasetRefused()).isTrue();
    assertThat(beyond.refusals())
        .extracting(Refusal::text)
        .containsExactly("longshore.dev/dataset 'orders': policy.maxDataStreams is 1");
    assertThat(
            registry
                .get("longshore.agent.policy.refusals")
                .tag("reason", "max_data_streams")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(rules("web-2", "web").dataset()).as("it is in use already").isEqualTo("web");
  }

  private PodRules rules(String pod, String dataset) {
    return metadata.rules(
        new ContainerRef("shop", pod, "uid-" + pod, "app"),
        new PodMetadata(1, true, new byte[] {' '}, Map.of("longshore.dev/dataset", dataset)));
  }
}
