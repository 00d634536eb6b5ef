package dev.longshore.alerting.rule.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.MockApiServer;
import dev.longshore.testkit.TcpRelay;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Objects in the cluster are taken as files are, as they change; a cluster that can't be asked
/// costs nothing that was known.
// Each test starts what it wants.
@SuppressWarnings({"NullAway", "NullAway.Init"})
final class ClusterRulesTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final ResourceDefinitionContext KIND =
      new ResourceDefinitionContext.Builder()
          .withGroup("monitoring.coreos.com")
          .withVersion("v1")
          .withKind("PrometheusRule")
          .withPlural("prometheusrules")
          .withNamespaced(true)
          .build();

  @TempDir Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicInteger changes = new AtomicInteger();
  private final MockApiServer server = new MockApiServer();
  private KubernetesClient client;
  private TcpRelay relay;
  private ClusterRules rules;
  private RuleFiles files;

  @BeforeEach
  void startServer() {
    server.init();
    client = server.createClient();
    relay = TcpRelay.start(URI.create(client.getMasterUrl().toString()));
  }

  @AfterEach
  void close() {
    if (rules != null) {
      rules.close();
    }
    relay.close();
    client.close();
    server.destroy();
  }

  private void start(List<String> namespaces, Map<String, String> selector) throws IOException {
    start(namespaces, selector, null);
  }

  private void start(
      List<String> namespaces, Map<String, String> selector, @Nullable String enforced)
      throws IOException {
    rules =
        new ClusterRules(
            kubeconfig(),
            namespaces,
            selector,
            enforced,
            Clock.system(),
            registry,
            changes::incrementAndGet,
            Duration.ofMillis(300));
    files = new RuleFiles(List.of("*.yml"), folder, Clock.system(), rules);
    rules.start();
  }

  private Path kubeconfig() throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: lab, cluster: {server: "%s"}}]
        users: [{name: longshore, user: {token: t}}]
        contexts: [{name: lab, context: {cluster: lab, user: longshore}}]
        current-context: lab
        """
            .formatted(relay.url()));
  }

  private void put(String namespace, String name, String labels, String rule) {
    GenericKubernetesResource object =
        Serialization.unmarshal(
            """
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {namespace: %s, name: %s, labels: {%s}}
            spec:
              groups:
                - name: node
                  interval: 30s
                  rules:
                    - %s
            """
                .formatted(namespace, name, labels, rule),
            GenericKubernetesResource.class);
    client
        .genericKubernetesResources(KIND)
        .inNamespace(namespace)
        .resource(object)
        .createOr(it -> it.update());
  }

  private void delete(String namespace, String name) {
    client.genericKubernetesResources(KIND).inNamespace(namespace).withName(name).delete();
  }

  /// `file: group/rule` of all that runs.
  private static List<String> running(RuleSet loaded) {
    return loaded.groups().stream()
        .flatMap(
            group ->
                group.rules().stream()
                    .map(rule -> group.file() + ": " + group.name() + "/" + rule.name()))
        .toList();
  }

  private void awaitRunning(String... expected) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(running(files.load())).containsExactly(expected));
  }

  @Test
  void objectsJoinTheFilesAsTheyComeChangeAndGo() throws IOException {
    Files.writeString(
        folder.resolve("disk.yml"), "groups: [{name: disk, rules: [{alert: Full, expr: up}]}]");
    put("monitoring", "node-rules", "", "{alert: Down, expr: up == 0}");
    start(List.of(), Map.of());
    String file = folder.resolve("disk.yml") + ": disk/Full";
    awaitRunning(file, "monitoring/node-rules (PrometheusRule): node/Down");

    put("shop", "cart", "", "{alert: Slow, expr: 1, for: 5m}");
    awaitRunning(
        file,
        "monitoring/node-rules (PrometheusRule): node/Down",
        "shop/cart (PrometheusRule): node/Slow");
    put("monitoring", "node-rules", "", "{alert: Gone, expr: up == 0}");
    awaitRunning(
        file,
        "monitoring/node-rules (PrometheusRule): node/Gone",
        "shop/cart (PrometheusRule): node/Slow");
    delete("monitoring", "node-rules");
    awaitRunning(file, "shop/cart (PrometheusRule): node/Slow");
    assertThat(changes).hasPositiveValue();
    assertThat(registry.get("longshore.cluster.rules.objects").gauge().value()).isEqualTo(1);
  }

  @Test
  void aBrokenRuleRunsOnInItsLastGoodVersionAndTheOthersNeverNotice() throws IOException {
    put("monitoring", "node-rules", "", "{alert: Down, expr: up == 0}");
    put("shop", "cart", "", "{alert: Slow, expr: up}");
    start(List.of(), Map.of());
    awaitRunning(
        "monitoring/node-rules (PrometheusRule): node/Down",
        "shop/cart (PrometheusRule): node/Slow");

    put("monitoring", "node-rules", "", "{alert: Down, expr: 'up =='}");
    await().atMost(SOON).untilAsserted(() -> assertThat(files.load().quarantined()).hasSize(1));

    RuleSet loaded = files.load();
    assertThat(running(loaded)).hasSize(2);
    assertThat(loaded.removed()).isEmpty();
    assertThat(loaded.quarantined().getFirst().toString())
        .startsWith("monitoring/node-rules (PrometheusRule): group \"node\", rule 1, \"Down\": ")
        .contains("could not parse expression")
        .contains("runs on");
  }

  @Test
  void anApiServerThatWasNeverReachedEndsNothingAndHoldsUpNobody() throws IOException {
    put("monitoring", "node-rules", "", "{alert: Down, expr: up == 0}");
    relay.away(true);
    start(List.of(), Map.of());

    RuleSet before = files.load();
    assertThat(before.groups()).isEmpty();
    assertThat(rules.isSynced()).isFalse();
    assertThat(before.mayMissRulesOf("monitoring/node-rules (PrometheusRule)")).isTrue();
    assertThat(before.mayMissRulesOf("/etc/rules/node.yml")).isFalse();
    relay.away(false);

    awaitRunning("monitoring/node-rules (PrometheusRule): node/Down");
    await()
        .atMost(SOON)
        .until(() -> !files.load().mayMissRulesOf("monitoring/node-rules (PrometheusRule)"));
    assertThat(rules.isSynced()).isTrue();
  }

  @Test
  void whatIsKnownStaysWhileTheApiServerIsAway() throws IOException {
    put("monitoring", "node-rules", "", "{alert: Down, expr: up == 0}");
    start(List.of(), Map.of());
    awaitRunning("monitoring/node-rules (PrometheusRule): node/Down");
    await().atMost(SOON).until(rules::isWatching);

    relay.away(true);
    put("monitoring", "node-rules", "", "{alert: Gone, expr: up == 0}");
    await()
        .atMost(SOON)
        .until(() -> registry.get("longshore.cluster.rules.failures").counter().count() > 0);
    assertThat(rules.isWatching()).isFalse();
    assertThat(running(files.load()))
        .containsExactly("monitoring/node-rules (PrometheusRule): node/Down");

    relay.away(false);
    awaitRunning("monitoring/node-rules (PrometheusRule): node/Gone");
  }

  @Test
  void whatTheApiServerRefusesIsToldWithWhatToDo() {
    assertThat(Warnings.words(refused(404))).contains("prometheusrules.monitoring.coreos.com");
    assertThat(Warnings.words(refused(403))).contains("list and watch");
    assertThat(Warnings.words(refused(401))).contains("kubernetes.kubeconfig");
    assertThat(Warnings.words(refused(500))).isEqualTo("HTTP 500: told so");
    assertThat(Warnings.words(new IOException("no route to host"))).isEqualTo("no route to host");
  }

  private static Exception refused(int code) {
    return new CompletionException(new KubernetesClientException("told so", code, null));
  }

  @Test
  void onlyNamedNamespacesAndSelectedObjectsAreTaken() throws IOException {
    put("monitoring", "node-rules", "release: main", "{alert: Down, expr: up == 0}");
    put("monitoring", "unmarked", "", "{alert: Unmarked, expr: up}");
    put("shop", "cart", "release: main", "{alert: Slow, expr: up}");
    start(List.of("monitoring"), Map.of("release", "main"));

    awaitRunning("monitoring/node-rules (PrometheusRule): node/Down");
    assertThat(files.load().mayMissRulesOf("shop/cart (PrometheusRule)")).isFalse();
  }

  @Test
  void changesAreToldOnceUntilSomebodyLooks() throws IOException {
    start(List.of(), Map.of());
    await().atMost(SOON).until(rules::isSynced);
    files.load();
    int before = changes.get();

    put("shop", "one", "", "{alert: One, expr: up}");
    put("shop", "two", "", "{alert: Two, expr: up}");
    await()
        .atMost(SOON)
        .until(() -> registry.get("longshore.cluster.rules.objects").gauge().value() == 2);

    assertThat(changes).hasValue(before + 1);
  }

  @Test
  void aRuleCarriesTheNamespaceOfItsObjectWhateverItSays() throws IOException {
    put("shop", "one", "", "{alert: One, expr: up, labels: {namespace: bank, team: shop}}");
    start(List.of(), Map.of(), "namespace");
    awaitRunning("shop/one (PrometheusRule): node/One");

    AlertingRule rule = (AlertingRule) files.load().groups().getFirst().rules().getFirst();

    assertThat(rule.labelTexts()).containsOnly(entry("namespace", "shop"), entry("team", "shop"));
  }

  @Test
  void aKubeconfigThatCannotBeReadIsToldAtTheStart() {
    rules =
        new ClusterRules(
            folder.resolve("missing"),
            List.of(),
            Map.of(),
            null,
            Clock.system(),
            registry,
            () -> {});

    assertThatThrownBy(rules::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kubernetes.kubeconfig=" + folder.resolve("missing"));
  }
}
