package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.enrich.EnrichMetrics;
import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.Lookup;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.PolicyConfig;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.RecordedExit;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real API server takes the event about lost logs, for a pod that runs and for one that is
/// deleted.
@Tag("cluster")
final class ClusterLossE2E {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String IMAGE =
      System.getenv().getOrDefault("LONGSHORE_E2E_IMAGE", "docker.io/library/busybox");

  @TempDir Path folder;

  private final String namespace = "longshore-loss-" + UUID.randomUUID().toString().substring(0, 8);
  private final KubernetesClient client = new KubernetesClientBuilder().build();

  @BeforeEach
  void createNamespace() {
    client
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  @AfterEach
  void deleteNamespace() {
    client.namespaces().withName(namespace).delete();
    client.close();
  }

  @Test
  void tellsOfALossOnThePodDeletedOrNot() {
    String node = client.nodes().list().getItems().getFirst().getMetadata().getName();
    try (Metadata metadata =
        new Metadata(
            KubernetesConfig.defaults(),
            PolicyConfig.defaults(),
            node,
            "lab",
            folder,
            Clock.system(),
            new EnrichMetrics(new SimpleMeterRegistry()),
            new Supervisor(Clock.system(), new RecordedExit()))) {
      metadata.start();
      ContainerRef running = container(create("checkout-running", node));
      ContainerRef deleted = container(create("checkout-deleted", node));
      await()
          .atMost(SOON)
          .until(
              () ->
                  metadata.lookup(running) instanceof Lookup.Known
                      && metadata.lookup(deleted) instanceof Lookup.Known);
      client.pods().inNamespace(namespace).withName("checkout-deleted").delete();
      await()
          .atMost(SOON)
          .until(
              () ->
                  client.pods().inNamespace(namespace).withName("checkout-deleted").get() == null);

      metadata.lost(running, file(running), 4_711);
      metadata.lost(deleted, file(deleted), 815);

      assertEvent(running, node, "4,711 bytes");
      assertEvent(deleted, node, "815 bytes");
    }
  }

  private void assertEvent(ContainerRef container, String node, String text) {
    await().atMost(SOON).until(() -> !losses(container).isEmpty());
    Event event = losses(container).getFirst();
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getMessage()).contains(text).contains(file(container).toString());
    assertThat(event.getInvolvedObject().getUid()).isEqualTo(container.podUid());
    assertThat(event.getReportingComponent()).isEqualTo("longshore-agent");
    assertThat(event.getReportingInstance()).isEqualTo(node);
  }

  private List<Event> losses(ContainerRef container) {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> "LogsLost".equals(event.getReason()))
        .filter(event -> container.pod().equals(event.getInvolvedObject().getName()))
        .toList();
  }

  private static Path file(ContainerRef container) {
    return Path.of("/var/log/pods", container.pod(), container.container(), "0.log");
  }

  private static ContainerRef container(Pod pod) {
    return new ContainerRef(
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        "checkout");
  }

  private Pod create(String name, String node) {
    return client
        .pods()
        .inNamespace(namespace)
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName("checkout")
                .withImage(IMAGE)
                .withImagePullPolicy("IfNotPresent")
                .withCommand("sleep", "600")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }
}
