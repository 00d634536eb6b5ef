package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.MockApiServer;
import dev.longshore.testkit.RecordedExit;
import dev.longshore.testkit.TcpRelay;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever the API server does, pods that were ever seen are known, and nobody waits for it.
class MetadataTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /// Threads that sleep on the clock while both watches stand: the sweep and their pings.
  private static final int SWEEP_AND_TWO_WATCHES = 3;

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private PolicyConfig policy = PolicyConfig.defaults();
  private UnknownPodPolicy unknownPods = UnknownPodPolicy.WAIT;
  private MockApiServer server;
  private TcpRelay relay;
  private KubernetesClient client;
  private Metadata metadata;

  @BeforeEach
  void startServer() throws IOException {
    startServer(0);
    metadata = started();
  }

  private void startServer(int port) throws IOException {
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

  private Metadata started() {
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
  private ConditionFactory soon() {
    return await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .conditionEvaluationListener(_ -> clock.advance(Duration.ofMillis(100)));
  }

  private Pod create(String name, String node) {
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

  private static ContainerRef ref(Pod pod) {
    return new ContainerRef(
        "shop", pod.getMetadata().getName(), pod.getMetadata().getUid(), "checkout");
  }

  private PodMetadata awaitKnown(ContainerRef container) {
    soon().until(() -> metadata.lookup(container) instanceof Lookup.Known);
    return ((Lookup.Known) metadata.lookup(container)).metadata();
  }

  private String fields(ContainerRef container) {
    return metadata.lookup(container) instanceof Lookup.Known known
        ? new String(known.metadata().fieldsJson(), StandardCharsets.UTF_8)
        : "";
  }

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
  void aPodThatTheWatchHasNotToldOfIsAskedForAndItsFilesWaitSoLong() throws Exception {
    soon().until(() -> metadata.status().connected());
    relay.silence();
    Pod secret = create("secret-7d9f", "worker-3");

    assertThat(metadata.lookup(ref(secret)))
        .isInstanceOfSatisfying(
            Lookup.Unknown.class,
            unknown -> assertThat(unknown.longestWait()).isEqualTo(Lookup.FOREVER));
    assertThat(metadata.status().waitingPods())
        .extracting(MetadataStatus.WaitingPod::pod)
        .containsExactly("secret-7d9f");

    awaitKnown(ref(secret));
    assertThat(metadata.status().waitingPods()).isEmpty();
  }

  @Test
  void aPodThatTheApiServerDoesNotHaveShipsWithWhatItsPathSays() {
    ContainerRef gone =
        new ContainerRef("shop", "gone-1", "0d9b4ef1-33a4-4b0c-9f27-2f5ad2d0a6b1", "app");

    soon()
        .until(
            () ->
                metadata.lookup(gone) instanceof Lookup.Unknown unknown
                    && unknown.longestWait().isZero());
  }

  /// A gateway's page is not the API server's word that there is no such pod: the pod may be one
  /// whose logs are excluded.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          404 | <html>no such page</html>
          404 | {"kind":"Message","reason":"NotFound"}
          200 | {"message":"maintenance"}
          200 | {"kind":"Status","metadata":{},"status":"Success"}
          """)
  void whatSomethingInBetweenAnswersIsNoAnswer(int status, String body) {
    ContainerRef secret =
        new ContainerRef("shop", "secret-1", "0d9b4ef1-33a4-4b0c-9f27-2f5ad2d0a6b1", "app");
    soon().until(() -> metadata.status().connected());
    server.inBetween(status, body);
    assertThat(longestWait(secret)).isEqualTo(Lookup.FOREVER);
    double errors = apiErrors();
    soon().until(() -> apiErrors() > errors + 1);
    assertThat(longestWait(secret)).isEqualTo(Lookup.FOREVER);

    server.reached();
    soon().until(() -> longestWait(secret).isZero());
  }

  private double apiErrors() {
    return registry.get("longshore.agent.metadata.api.errors").counter().count();
  }

  @Test
  void withoutAnAnswerFilesWaitOrAreShippedAsConfigured() {
    ContainerRef unknown =
        new ContainerRef("shop", "new-1", "0d9b4ef1-33a4-4b0c-9f27-2f5ad2d0a6b1", "app");
    metadata.close();
    relay.away(true);

    metadata = started();
    soon().until(() -> metadata.status().lastError() != null);
    assertThat(longestWait(unknown)).isEqualTo(Lookup.FOREVER);
    metadata.close();

    unknownPods = UnknownPodPolicy.SHIP;
    metadata = started();
    soon().until(() -> metadata.status().lastError() != null);
    assertThat(longestWait(unknown)).isEqualTo(KubernetesConfig.DEFAULT_METADATA_WAIT);
  }

  private Duration longestWait(ContainerRef container) {
    return metadata.lookup(container) instanceof Lookup.Unknown unknown
        ? unknown.longestWait()
        : Duration.ZERO;
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
