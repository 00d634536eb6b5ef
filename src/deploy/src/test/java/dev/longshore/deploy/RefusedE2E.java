package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can't work is refused by a real cluster's Helm in a sentence that says which and what to
/// do, before anything is changed.
@Tag("cluster")
final class RefusedE2E {
  private static final String CREDENTIALS =
      """
      elasticsearch:
        service: {name: elasticsearch}
        authentication: basic
        existingSecret: credentials
      newerApis: false
      """;

  @TempDir Path folder;

  private final Cluster cluster = new Cluster();

  @AfterEach
  void cleanUp() {
    cluster.close();
  }

  @Test
  void aSecretThatIsMissingOrLacksAKeyIsNamed() throws IOException {
    Release agent = new Release(cluster, new Chart("longshore-agent"), "agent");
    assertRefused(
        agent,
        CREDENTIALS,
        "Secret credentials, which elasticsearch.existingSecret names, is not in the namespace "
            + cluster.namespace
            + ": create it first, or set checkReferences: false");

    cluster.secret("credentials", Map.of("user", "longshore", "password", "secret"));
    assertRefused(
        agent,
        CREDENTIALS,
        "Secret credentials, which elasticsearch.existingSecret names, has no key username but"
            + " password, user: add it, or name the right one");

    assertRefused(
        new Release(cluster, new Chart("longshore-alerting"), "alerting"),
        """
        prometheus: {enabled: false}
        existingRuleConfigMaps: [{name: team-rules, keys: [shop.yaml]}]
        """,
        "ConfigMap team-rules, which existingRuleConfigMaps names, is not in the namespace");
  }

  @Test
  void aClusterWithoutTheDefinitionsIsToldSo() throws IOException {
    assertRefused(
        new Release(cluster, new Chart("longshore-agent"), "agent"),
        """
        elasticsearch: {service: {name: elasticsearch}}
        newerApis: false
        podMonitor: {enabled: true}
        """,
        "no matches for kind \"PodMonitor\" in version \"monitoring.coreos.com/v1\"\n"
            + "ensure CRDs are installed first");
  }

  @Test
  void aUserWithoutRightsAndAnUnreachableServerAreTold() throws IOException {
    ObjectNode config = (ObjectNode) YamlDocuments.one(cluster.kubeconfig);
    ((ObjectNode) config.at("/users/0/user")).put("as", "nobody");
    assertThat(refusal(config)).contains("User \"nobody\" cannot");

    JsonNode server = config.at("/clusters/0/cluster");
    ((ObjectNode) server).put("server", "https://127.0.0.1:1");
    assertThat(refusal(config)).contains("cluster unreachable", "127.0.0.1:1");
  }

  private String refusal(JsonNode kubeconfig) throws IOException {
    Path file = Files.writeString(folder.resolve("kubeconfig"), kubeconfig.toString());
    Throwable thrown =
        catchThrowable(
            () ->
                new Helm(new Chart("longshore-agent").folder())
                    .install()
                    .withName("refused")
                    .withNamespace(cluster.namespace)
                    .withKubeConfig(file)
                    .set("elasticsearch.service.name", "elasticsearch")
                    .set("newerApis", "false")
                    .call());
    assertThat(thrown).isNotNull();
    return String.valueOf(thrown.getMessage());
  }

  private void assertRefused(Release release, String values, String sentence) {
    assertThat(catchThrowable(() -> release.install(values))).hasMessageContaining(sentence);
    assertThat(release.objects()).isEmpty();
    assertThat(
            cluster
                .kubernetes
                .secrets()
                .inNamespace(cluster.namespace)
                .withLabel("owner", "helm")
                .list()
                .getItems())
        .as("releases")
        .isEmpty();
  }
}
