package dev.longshore.agent.enrich;

import static org.awaitility.Awaitility.await;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.MockApiServer;
import dev.longshore.testkit.RecordedExit;
import dev.longshore.testkit.TcpRelay;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// [Metadata] that asks an API server in memory, over a relay that can be cut or silenced, by a
/// clock that stands still unless somebody waits; one for each test.
abstract class MetadataTestCase {
  static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;

  final ManualClock clock = new ManualClock();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  PolicyConfig policy = PolicyConfig.defaults();
  UnknownPodPolicy unknownPods = UnknownPodPolicy.WAIT;
  MockApiServer server;
  TcpRelay relay;
  KubernetesClient client;
  Metadata metadata;

  @BeforeEach
  void startServer() throws IOException {
    startServer(0);
    metadata = started();
  }

  final void startServer(int port) throws IOException {
    server = new MockApiServer();
    server.init(InetAddress.getLoopbackAddress(), port);
    if (relay == null) {
      relay = TcpRelay.start(URI.create("http://127.0.0.1:" + server.getPort()));
    }
    client = server.createClient();
    Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: lab, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: agent, user: {token: secret}}]
        contexts: [{name: lab, context: {cluster: lab, user: agent}}]
        current-context: lab
        """
            .formatted(relay.url().getPort()));
  }

  Metadata started() {
    KubernetesConfig config =
        new KubernetesConfig(
            true,
            directory.resolve("kubeconfig"),
            KubernetesConfig.DEFAULT_METADATA_WAIT,
            unknownPods,
            KubernetesConfig.DEFAULT_MAX_METADATA,
            KubernetesConfig.DEFAULT_EXCLUDE_ANNOTATIONS,
            true);
    Metadata fresh =
        new Metadata(
            config,
            policy,
            "worker-3",
            "eu-1",
            directory.resolve("metadata"),
            clock,
            new EnrichMetrics(registry),
            new Supervisor(clock, new RecordedExit()));
    fresh.start();
    return fresh;
  }

  @AfterEach
  void stop() {
    metadata.close();
    client.close();
    relay.close();
    server.destroy();
  }

  /// Lets time pass until a condition holds, ten times as fast as it does.
  ConditionFactory soon() {
    return await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .conditionEvaluationListener(_ -> clock.advance(Duration.ofMillis(100)));
  }

  Pod create(String name, String node) {
    return client
        .pods()
        .inNamespace("shop")
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .addToLabels("app", "checkout")
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewContainer()
                .withName("checkout")
                .withImage("shop/checkout:1.4")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("checkout")
                .withContainerID("containerd://4f2b")
                .endContainerStatus()
                .endStatus()
                .build())
        .create();
  }

  static ContainerRef ref(Pod pod) {
    return new ContainerRef(
        "shop", pod.getMetadata().getName(), pod.getMetadata().getUid(), "checkout");
  }

  PodMetadata awaitKnown(ContainerRef container) {
    soon().until(() -> metadata.lookup(container) instanceof Lookup.Known);
    return ((Lookup.Known) metadata.lookup(container)).metadata();
  }

  String fields(ContainerRef container) {
    return metadata.lookup(container) instanceof Lookup.Known known
        ? new String(known.metadata().fieldsJson(), StandardCharsets.UTF_8)
        : "";
  }
}
