package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.Trees;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent as users get it: its image, its chart, by Helm, on a real Kubernetes, with the rights
/// and the security context that the chart states, and a user of Elasticsearch with the rights of
/// the platform's role file. Whatever happens to its pods, each line is indexed once.
///
/// The cluster's node is this machine, and has the images that the environment names.
@Tag("cluster")
final class DeployedAgentE2E {
  private static final String SECRET = "elasticsearch-credentials";
  private static final Pattern LINE = Pattern.compile("^line (\\d+) ");
  private static final Pattern RUN = Pattern.compile("^run (\\d+) line (\\d+) ");
  private static final int HELM_SECONDS = 180;

  @TempDir Path folder;

  private final String namespace = "longshore-" + Long.toString(System.nanoTime(), 36);

  /// What belongs to the cluster, such as a ClusterRole, is called after it.
  private final String release = namespace + "-agent";

  private final String shop = namespace + "-shop";
  private final String state = "/var/lib/" + namespace;
  private final KubernetesClient kubernetes = new KubernetesClientBuilder().build();
  private final Path kubeconfig = Path.of(System.getenv("KUBECONFIG"));
  private final ElasticsearchPod server =
      new ElasticsearchPod(kubernetes, namespace, state + "-elasticsearch");
  private final Workloads workloads = new Workloads(kubernetes, shop);
  private final String dataStream = "logs-kubernetes.container_logs-" + namespace.replace('-', '_');

  @BeforeEach
  void prepare() {
    for (String name : List.of(namespace, shop)) {
      kubernetes
          .namespaces()
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
    }
    server.start();
    kubernetes
        .secrets()
        .inNamespace(namespace)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(SECRET)
                .endMetadata()
                .withStringData(
                    Map.of(
                        "username", ElasticsearchPod.AGENT, "password", ElasticsearchPod.PASSWORD))
                .build())
        .create();
  }

  @AfterEach
  void cleanUp() throws IOException {
    Helm.uninstall(release)
        .withNamespace(namespace)
        .withKubeConfig(kubeconfig)
        .ignoreNotFound()
        .call();
    for (String name : List.of(namespace, shop)) {
      kubernetes.namespaces().withName(name).delete();
    }
    // Pods that still end would write into what is deleted.
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(Duration.ofMinutes(2))
        .until(() -> kubernetes.namespaces().withName(namespace).get() == null);
    kubernetes.close();
    for (String path : List.of(state, state + "-elasticsearch")) {
      Trees.delete(Path.of(path));
    }
  }

  @Test
  void indexesEachLineOnceThroughDeletionUpgradeAndAMovedElasticsearch() throws Exception {
    new Helm(new Chart("longshore-agent").folder())
        .install()
        .withName(release)
        .withNamespace(namespace)
        .withKubeConfig(kubeconfig)
        .withValuesFile(values("info"))
        .waitReady()
        .withTimeout(HELM_SECONDS)
        .call();
    Pod first = agentPod();
    workloads.startChatty();
    workloads.startCrashing();
    awaitAtLeast("kubernetes.labels.app:chatty", 1_000);

    kubernetes.resource(first).delete();
    Pod second = awaitAnotherPod(first);
    awaitAtLeast("kubernetes.labels.app:chatty", 2L * Workloads.LINES_PER_BURST);

    new Helm(new Chart("longshore-agent").folder())
        .upgrade()
        .withName(release)
        .withNamespace(namespace)
        .withKubeConfig(kubeconfig)
        .withValuesFile(values("debug"))
        .waitReady()
        .withTimeout(HELM_SECONDS)
        .call();
    awaitAnotherPod(second);

    int lines = Workloads.BURSTS * Workloads.LINES_PER_BURST;
    awaitAtLeast("kubernetes.labels.app:chatty", lines);
    int crashes = workloads.crashes();
    awaitAtLeast("kubernetes.labels.app:crashing", (long) crashes * Workloads.LINES_PER_CRASH);
    workloads.delete("crashing");
    assertThat(rotatedFiles()).as("files that the kubelet rotated").isPositive();

    assertEachLineOnce(lines);
    int runs = assertEachRunOnce(crashes);
    assertThat(count("kubernetes.annotations.example.com\\/owner:platform"))
        .as("documents with the pod's annotation")
        .isEqualTo(count("*"));
    Helm.test(release).withNamespace(namespace).withKubeConfig(kubeconfig).withTimeout(60).call();

    Duration following = move();

    System.out.printf(
        "%d lines of %d rotated files, %d runs of a crashing container; found the moved"
            + " Elasticsearch in %d ms%n",
        lines, rotatedFiles(), runs, following.toMillis());
    uninstall();
  }

  /// @return how long it took, from when Elasticsearch was ready again
  private Duration move() throws IOException {
    server.move();
    long ready = Clock.system().nanoTime();
    workloads.say("moved", "Elasticsearch is elsewhere now");
    awaitAtLeast("kubernetes.labels.app:moved", 1);
    Duration following = Duration.ofNanos(Clock.system().nanoTime() - ready);
    assertThat(following).isLessThan(Duration.ofSeconds(12));
    return following;
  }

  private void uninstall() {
    Helm.uninstall(release).withNamespace(namespace).withKubeConfig(kubeconfig).call();

    await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(ofTheRelease()).isEmpty());
    assertThat(Path.of(state, "buffer")).as("what NOTES say is left on the node").isDirectory();
  }

  private List<String> ofTheRelease() {
    List<HasMetadata> found = new ArrayList<>();
    String label = "app.kubernetes.io/instance";
    found.addAll(
        kubernetes
            .apps()
            .daemonSets()
            .inNamespace(namespace)
            .withLabel(label, release)
            .list()
            .getItems());
    found.addAll(
        kubernetes.pods().inNamespace(namespace).withLabel(label, release).list().getItems());
    found.addAll(
        kubernetes.configMaps().inNamespace(namespace).withLabel(label, release).list().getItems());
    found.addAll(
        kubernetes.services().inNamespace(namespace).withLabel(label, release).list().getItems());
    found.addAll(
        kubernetes
            .serviceAccounts()
            .inNamespace(namespace)
            .withLabel(label, release)
            .list()
            .getItems());
    found.addAll(kubernetes.rbac().clusterRoles().withLabel(label, release).list().getItems());
    found.addAll(
        kubernetes.rbac().clusterRoleBindings().withLabel(label, release).list().getItems());
    return found.stream().map(it -> it.getKind() + " " + it.getMetadata().getName()).toList();
  }

  private Path values(String logLevel) throws IOException {
    String image = System.getenv().getOrDefault("LONGSHORE_E2E_AGENT_IMAGE", "longshore/agent:dev");
    int colon = image.lastIndexOf(':');
    return Files.writeString(
        folder.resolve(logLevel + ".yaml"),
        """
        image: {repository: "%s", tag: "%s"}
        cluster: {name: e2e}
        elasticsearch:
          service: {name: %s, scheme: http}
          authentication: basic
          existingSecret: %s
        config:
          tail:
            paths: ["/var/log/pods/%s_*/*/*.log"]
          buffer:
            maxSize: 256MiB
          elasticsearch:
            dataStream: %s
            drainTimeout: 20s
        logLevel: %s
        state: {hostPath: %s}
        newerApis: false
        """
            .formatted(
                image.substring(0, colon),
                image.substring(colon + 1),
                ElasticsearchPod.SERVICE,
                SECRET,
                shop,
                dataStream,
                logLevel,
                state));
  }

  private Pod agentPod() {
    List<Pod> pods =
        kubernetes
            .pods()
            .inNamespace(namespace)
            .withLabel("app.kubernetes.io/component", "agent")
            .list()
            .getItems();
    assertThat(pods).as("agents, on the one node").hasSize(1);
    return pods.getFirst();
  }

  private Pod awaitAnotherPod(Pod before) {
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              Pod pod = agentPod();
              assertThat(pod.getMetadata().getUid()).isNotEqualTo(before.getMetadata().getUid());
              assertThat(Readiness.isPodReady(pod)).isTrue();
            });
    return agentPod();
  }

  private void awaitAtLeast(String query, long expected) {
    try {
      await()
          // A new data stream has no shard for a moment, and one that is elsewhere now no address.
          .ignoreExceptions()
          .atMost(Duration.ofMinutes(4))
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() -> assertThat(count(query)).as(query).isGreaterThanOrEqualTo(expected));
    } catch (ConditionTimeoutException e) {
      String log =
          kubernetes
              .pods()
              .inNamespace(namespace)
              .withName(agentPod().getMetadata().getName())
              .tailingLines(30)
              .getLog();
      throw new AssertionError("the agent's log ends with\n" + log, e);
    }
  }

  private long count(String query) throws IOException {
    try (Elastic elastic = new Elastic(server.config(), Clock.system())) {
      return new Search(elastic).count(dataStream, query);
    }
  }

  private void assertEachLineOnce(int lines) throws IOException {
    BitSet seen = new BitSet();
    long found =
        each(
            "kubernetes.labels.app:chatty",
            LINE,
            match -> {
              seen.set(Integer.parseInt(match.group(1)));
            });
    assertThat(found).as("documents").isEqualTo(lines);
    assertThat(seen.cardinality()).as("different lines").isEqualTo(lines);
  }

  private int assertEachRunOnce(int crashes) throws IOException {
    Map<String, BitSet> runs = new TreeMap<>();
    long found =
        each(
            "kubernetes.labels.app:crashing",
            RUN,
            match -> {
              runs.computeIfAbsent(match.group(1), _ -> new BitSet())
                  .set(Integer.parseInt(match.group(2)));
            });
    assertThat(found)
        .as("documents, against different lines")
        .isEqualTo(runs.values().stream().mapToInt(BitSet::cardinality).sum());
    long whole =
        runs.values().stream().filter(it -> it.cardinality() == Workloads.LINES_PER_CRASH).count();
    assertThat(whole).as("runs that are there as a whole").isGreaterThanOrEqualTo(crashes);
    return runs.size();
  }

  private interface Found {
    void match(Matcher match);
  }

  private long each(String query, Pattern pattern, Found found) throws IOException {
    try (Elastic elastic = new Elastic(server.config(), Clock.system())) {
      return new Search(elastic)
          .each(
              Search.Query.all(dataStream, query, "message"),
              hit -> {
                String message = hit.text("message");
                Matcher match = pattern.matcher(message == null ? "" : message);
                assertThat(match.find()).as(message).isTrue();
                found.match(match);
                return true;
              });
    }
  }

  private long rotatedFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("/var/log/pods"))) {
      return files
          .filter(it -> it.toString().contains(shop + "_"))
          .filter(it -> it.getFileName().toString().endsWith(".gz"))
          .count();
    }
  }
}
