package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ElasticsearchServer;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a real kubelet's node every line of every container is indexed once, with its pod's labels,
/// through the kubelet's own rotation and compression. The agent runs on this machine, which is the
/// node.
@Tag("cluster")
final class ClusterE2E {
  private static final int BURSTS = 3;
  private static final int LINES_PER_BURST = 60_000;
  private static final Pattern NUMBER = Pattern.compile("^line (\\d+) ");

  @TempDir Path folder;

  private final String namespace = "longshore-e2e-" + Long.toString(System.nanoTime(), 36);
  private final KubernetesClient kubernetes = new KubernetesClientBuilder().build();
  private final ElasticsearchServer server = ElasticsearchServer.shared();
  private final Elastic elastic = new Elastic(server.config(), Clock.system());
  private final Search search = new Search(elastic);
  private final String dataStream = "logs-kubernetes.container_logs-" + namespace.replace('-', '_');

  @BeforeEach
  void createNamespace() {
    kubernetes
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .withLabels(Map.of("stage", "e2e"))
                .endMetadata()
                .build())
        .create();
  }

  @AfterEach
  void deleteNamespace() {
    kubernetes.namespaces().withName(namespace).delete();
    kubernetes.close();
    elastic.close();
  }

  @Test
  void indexesEveryLineOnceThroughTheKubeletsRotation() throws Exception {
    createDeployment();
    try (AgentProcess agent = agent().start()) {
      createJob();

      awaitCount("kubernetes.labels.app:greeter", 1, Duration.ofSeconds(60), agent);
      awaitCount(
          "kubernetes.labels.app:chatty",
          (long) BURSTS * LINES_PER_BURST,
          Duration.ofMinutes(4),
          agent);

      assertThat(rotatedFiles()).as("files that the kubelet rotated and compressed").isPositive();
      assertThat(agent.terminate(Duration.ofSeconds(30))).as(agent.log()).isZero();
    }
    assertEveryLineOnce();
    assertMetadata();
  }

  private AgentHome agent() throws IOException {
    String node = kubernetes.nodes().list().getItems().getFirst().getMetadata().getName();
    return new AgentHome(
        folder,
        """
        node:
          name: %s
        cluster:
          name: e2e
        tail:
          paths: ["/var/log/pods/%s_*/*/*.log"]
        kubernetes:
          kubeconfig: "%s"
        elasticsearch:
          urls: ["%s"]
          dataStream: %s
        """
            .formatted(node, namespace, System.getenv("KUBECONFIG"), server.url(), dataStream));
  }

  private void createDeployment() {
    String script =
        """
        i=0; b=0
        while [ $b -lt %d ]; do
          n=0
          while [ $n -lt %d ]; do
            echo "line $i of the container, padded until it is as long as lines in real logs commonly are: 10.88.0.17 GET /products/4711 200 0.012 ok, nothing unusual here, and so on for a while longer"
            i=$((i+1)); n=$((n+1))
          done
          b=$((b+1)); sleep 14
        done
        sleep 3600
        """
            .formatted(BURSTS, LINES_PER_BURST);
    Map<String, String> labels = Map.of("app", "chatty", "app.kubernetes.io/name", "chatty");
    kubernetes
        .apps()
        .deployments()
        .inNamespace(namespace)
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("chatty")
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(Map.of("example.com/owner", "platform"))
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(1L)
                .withContainers(container("chatty", script))
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  private void createJob() {
    kubernetes
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withName("greeter")
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("app", "greeter"))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withContainers(container("greeter", "echo one line and out"))
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  private static io.fabric8.kubernetes.api.model.Container container(String name, String script) {
    String image = System.getenv().getOrDefault("LONGSHORE_E2E_IMAGE", "docker.io/library/busybox");
    return new ContainerBuilder()
        .withName(name)
        .withImage(image)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sh", "-c", script)
        .build();
  }

  private void awaitCount(String query, long expected, Duration within, AgentProcess agent) {
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .atMost(within)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              assertThat(agent.isAlive()).as(agent.log()).isTrue();
              assertThat(search.count(dataStream, query)).as(query).isEqualTo(expected);
            });
  }

  private long rotatedFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("/var/log/pods"))) {
      return files
          .filter(file -> file.toString().contains(namespace + "_"))
          .filter(file -> file.getFileName().toString().endsWith(".gz"))
          .count();
    }
  }

  private void assertEveryLineOnce() throws IOException {
    BitSet once = new BitSet();
    long found =
        search.each(
            Search.Query.all(dataStream, "kubernetes.labels.app:chatty", "message"),
            hit -> {
              String message = hit.text("message");
              Matcher number = NUMBER.matcher(message == null ? "" : message);
              assertThat(number.find()).as(message).isTrue();
              once.set(Integer.parseInt(number.group(1)));
              return true;
            });
    assertThat(found).isEqualTo((long) BURSTS * LINES_PER_BURST);
    assertThat(once.cardinality()).isEqualTo(BURSTS * LINES_PER_BURST);
  }

  private void assertMetadata() throws IOException {
    search.each(
        new Search.Query(dataStream, "kubernetes.labels.app:chatty", java.util.List.of(), false, 1),
        hit -> {
          assertThat(hit.text("kubernetes", "namespace")).isEqualTo(namespace);
          assertThat(hit.text("kubernetes", "deployment", "name")).isEqualTo("chatty");
          assertThat(hit.text("kubernetes", "annotations", "example.com/owner"))
              .isEqualTo("platform");
          assertThat(hit.text("container", "id")).isNotEmpty();
          assertThat(hit.text("orchestrator", "cluster", "name")).isEqualTo("e2e");
          return true;
        });
  }
}
