package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleObjects;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.rule.cluster.ClusterRules;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.TcpRelay;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a real API server the rules in `PrometheusRule` objects are followed from before their kind
/// is installed, over a server that is away, to their end.
///
/// Needs a Kubernetes whose credentials `KUBECONFIG` names; its API server alone is enough.
@Tag("cluster")
class ClusterRulesE2E {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String DEFINITION = "prometheusrules.monitoring.coreos.com";
  private static final ResourceDefinitionContext KIND =
      new ResourceDefinitionContext.Builder()
          .withGroup("monitoring.coreos.com")
          .withVersion("v1")
          .withKind("PrometheusRule")
          .withPlural("prometheusrules")
          .withNamespaced(true)
          .build();

  @TempDir Path directory;

  private final String namespace =
      "longshore-rules-" + UUID.randomUUID().toString().substring(0, 8);
  private KubernetesClient client;
  private TcpRelay relay;
  private ClusterRules rules;
  private RuleFiles files;
  private boolean installed;

  @BeforeEach
  void connect() throws IOException {
    assertThat(System.getenv("KUBECONFIG"))
        .as("KUBECONFIG names the credentials of a running Kubernetes; start one and set it")
        .isNotNull();
    client = new KubernetesClientBuilder().build();
    client
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    relay = TcpRelay.start(URI.create(client.getMasterUrl().toString()));
    rules =
        new ClusterRules(
            throughTheRelay(),
            List.of(namespace),
            Map.of("release", "e2e"),
            Clock.system(),
            new SimpleMeterRegistry(),
            () -> {});
    files = new RuleFiles(List.of(), directory, Clock.system(), rules);
  }

  /// The same credentials, for the relay's address.
  private Path throughTheRelay() throws IOException {
    Config config = client.getConfiguration();
    String token = config.getAutoOAuthToken() == null ? "" : config.getAutoOAuthToken();
    String user =
        token.isEmpty()
            ? "{client-certificate-data: %s, client-key-data: %s}"
                .formatted(config.getClientCertData(), config.getClientKeyData())
            : "{token: " + token + "}";
    return Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: e2e, cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}}]
        users: [{name: e2e, user: %s}]
        contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]
        current-context: e2e
        """
            .formatted(relay.url().getPort(), user));
  }

  @AfterEach
  void leave() {
    rules.close();
    relay.close();
    if (installed) {
      client.apiextensions().v1().customResourceDefinitions().withName(DEFINITION).delete();
    }
    client.namespaces().withName(namespace).delete();
    client.close();
  }

  private void install() {
    var definitions = client.apiextensions().v1().customResourceDefinitions();
    if (definitions.withName(DEFINITION).get() == null) {
      definitions
          .resource(
              Serialization.unmarshal(
                  """
                  apiVersion: apiextensions.k8s.io/v1
                  kind: CustomResourceDefinition
                  metadata: {name: prometheusrules.monitoring.coreos.com}
                  spec:
                    group: monitoring.coreos.com
                    scope: Namespaced
                    names: {kind: PrometheusRule, listKind: PrometheusRuleList, plural: prometheusrules, singular: prometheusrule}
                    versions:
                      - name: v1
                        served: true
                        storage: true
                        schema:
                          openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
                  """,
                  CustomResourceDefinition.class))
          .create();
      installed = true;
    }
  }

  private void put(String name, String rule) {
    GenericKubernetesResource object =
        Serialization.unmarshal(
            """
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {namespace: %s, name: %s, labels: {release: e2e}}
            spec: {groups: [{name: node, rules: [%s]}]}
            """
                .formatted(namespace, name, rule),
            GenericKubernetesResource.class);
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () ->
                client
                        .genericKubernetesResources(KIND)
                        .inNamespace(namespace)
                        .resource(object)
                        .createOr(it -> it.update())
                    != null);
  }

  private static List<String> running(RuleSet loaded) {
    return loaded.groups().stream()
        .flatMap(group -> group.rules().stream().map(rule -> group.file() + ": " + rule.name()))
        .toList();
  }

  private void awaitRunning(String... names) {
    List<String> expected = new ArrayList<>();
    for (String name : names) {
      expected.add(
          RuleObjects.name(namespace, name.substring(0, name.indexOf('/')))
              + ": "
              + name.substring(name.indexOf('/') + 1));
    }
    await().atMost(SOON).untilAsserted(() -> assertThat(running(files.load())).isEqualTo(expected));
  }

  @Test
  void rulesAreFollowedFromBeforeTheirKindIsInstalledToTheirEnd() {
    rules.start();
    assertThat(files.load().mayMissRulesOf(RuleObjects.name(namespace, "any"))).isTrue();
    install();
    put("disk", "{alert: Full, expr: up}");
    put("node", "{alert: Down, expr: up == 0, for: 5m}");
    awaitRunning("disk/Full", "node/Down");
    assertThat(rules.isSynced()).isTrue();

    put("node", "{alert: Down, expr: 'up =='}");
    await().atMost(SOON).until(() -> files.load().quarantined().size() == 1);
    awaitRunning("disk/Full", "node/Down");

    await().atMost(SOON).until(rules::isWatching);
    relay.away(true);
    await().atMost(SOON).until(() -> !rules.isWatching());
    put("node", "{alert: Gone, expr: up == 0}");
    awaitRunning("disk/Full", "node/Down");
    relay.away(false);
    awaitRunning("disk/Full", "node/Gone");

    client.genericKubernetesResources(KIND).inNamespace(namespace).withName("disk").delete();
    awaitRunning("node/Gone");
  }
}
