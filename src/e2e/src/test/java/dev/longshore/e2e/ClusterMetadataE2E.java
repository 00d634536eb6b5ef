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
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a real cluster a Deployment's pod is known completely soon after it runs, stays known when it
/// is deleted, and is known after a restart.
///
/// Needs a Kubernetes with a running node whose credentials `KUBECONFIG` names, and which has the
/// image `busybox:lab` or can pull `busybox`; set `LONGSHORE_E2E_IMAGE` for another one.
@Tag("cluster")
class ClusterMetadataE2E {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String IMAGE =
      System.getenv().getOrDefault("LONGSHORE_E2E_IMAGE", "docker.io/library/busybox:lab");

  @TempDir Path directory;

  private final String namespace =
      "longshore-metadata-" + UUID.randomUUID().toString().substring(0, 8);
  private KubernetesClient client;
  private Metadata metadata;
  private String node;

  @BeforeEach
  void connect() {
    assertThat(System.getenv("KUBECONFIG"))
        .as("KUBECONFIG names the credentials of a running Kubernetes; start one and set it")
        .isNotNull();
    client = new KubernetesClientBuilder().build();
    node = client.nodes().list().getItems().getFirst().getMetadata().getName();
    client
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .addToLabels("team", "payments")
                .endMetadata()
                .build())
        .create();
    metadata = started();
  }

  @AfterEach
  void cleanUp() {
    metadata.close();
    client.namespaces().withName(namespace).delete();
    client.close();
  }

  private Metadata started() {
    Metadata fresh =
        new Metadata(
            KubernetesConfig.defaults(),
            PolicyConfig.defaults(),
            node,
            "lab",
            directory,
            Clock.system(),
            new EnrichMetrics(new SimpleMeterRegistry()),
            new Supervisor(Clock.system(), new RecordedExit()));
    fresh.start();
    return fresh;
  }

  private Pod deploy() {
    Map<String, String> labels = Map.of("app", "shop", "app.kubernetes.io/name", "checkout");
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("checkout-api")
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .addToAnnotations("longshore.dev/multiline", "java")
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
                .endTemplate()
                .endSpec()
                .build())
        .create();
    await()
        .atMost(SOON)
        .until(() -> !client.pods().inNamespace(namespace).list().getItems().isEmpty());
    return client.pods().inNamespace(namespace).list().getItems().getFirst();
  }

  private String fields(ContainerRef container) {
    return metadata.lookup(container) instanceof Lookup.Known known && known.metadata().complete()
        ? new String(known.metadata().fieldsJson(), StandardCharsets.UTF_8)
        : "";
  }

  @Test
  void aDeploymentsPodIsKnownDeletedOrNot() {
    Pod pod = deploy();
    ContainerRef checkout =
        new ContainerRef(
            namespace, pod.getMetadata().getName(), pod.getMetadata().getUid(), "checkout");

    await().atMost(SOON).until(() -> !fields(checkout).isEmpty());
    String running = fields(checkout);
    assertThat(running)
        .contains(
            "\"deployment\":{\"name\":\"checkout-api\"}",
            "\"app.kubernetes.io/name\":\"checkout\"",
            "\"longshore.dev/multiline\":\"java\"",
            "\"team\":\"payments\"",
            "\"image\":{\"name\":\"" + IMAGE + "\"}",
            "\"service\":{\"name\":\"checkout\"}",
            "\"orchestrator\":{\"cluster\":{\"name\":\"lab\"}")
        .containsPattern("\"container\":\\{\"id\":\"[0-9a-f]{64}\"");

    metadata.close();
    client.apps().deployments().inNamespace(namespace).withName("checkout-api").delete();
    await()
        .atMost(SOON)
        .until(() -> client.pods().inNamespace(namespace).list().getItems().isEmpty());
    metadata = started();
    await().atMost(SOON).until(() -> metadata.status().podsDeleted() >= 1);
    assertThat(fields(checkout)).isEqualTo(running);
  }

  @Test
  void aDeletionWhileTheWatchStandsIsSeenAndThePodStaysKnown() {
    Pod pod = deploy();
    ContainerRef checkout =
        new ContainerRef(
            namespace, pod.getMetadata().getName(), pod.getMetadata().getUid(), "checkout");
    await().atMost(SOON).until(() -> !fields(checkout).isEmpty());

    client.apps().deployments().inNamespace(namespace).withName("checkout-api").delete();

    await().atMost(SOON).until(() -> metadata.status().podsDeleted() >= 1);
    assertThat(fields(checkout)).contains("\"deployment\":{\"name\":\"checkout-api\"}");
  }
}
