package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A secret is a file of the container, which a changed Secret changes, and nothing about it stands
/// where those can read it who may read pods.
final class SecretsChartTest {

  @ParameterizedTest
  @ValueSource(strings = {"longshore-agent", "longshore-alerting"})
  void theEnvironmentHasUserNamesAndNoSecret(String chart) {
    for (JsonNode pod : pods(chart)) {
      for (JsonNode variable : pod.at("/spec/containers").path(0).path("env")) {
        JsonNode secret = variable.at("/valueFrom/secretKeyRef");
        if (!secret.isMissingNode()) {
          assertThat(secret.path("key").asText()).isEqualTo("username");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"longshore-agent", "longshore-alerting"})
  void annotationsTellNothingOfSecrets(String chart) {
    for (JsonNode pod : pods(chart)) {
      assertThat(pod.at("/metadata/annotations").toString())
          .contains("checksum/config")
          .doesNotContain("checksum/secret");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "longshore-agent,    /etc/longshore/client",
    "longshore-alerting, /etc/longshore/elasticsearch-client"
  })
  void theCertificateForElasticsearchIsMountedAndNamed(String chart, String folder) {
    List<Manifest> all = new Chart(chart).render(ChartsTest.example(chart, "all-on"));

    assertThat(all)
        .filteredOn(it -> it.kind().equals("ConfigMap"))
        .anySatisfy(
            it ->
                assertThat(it.body().toString())
                    .contains(
                        "certFile: " + folder + "/tls.crt", "keyFile: " + folder + "/tls.key"));
    assertThat(pods(chart))
        .anySatisfy(it -> assertThat(it.toString()).contains("\"elasticsearch-client\""));
  }

  @Test
  void bothTokensOfSlackAreFilesOfASecretThatTheRoutingNames() {
    List<Manifest> all =
        new Chart("longshore-alerting").render(ChartsTest.example("longshore-alerting", "all-on"));

    assertThat(all)
        .filteredOn(it -> it.kind().equals("ConfigMap"))
        .anySatisfy(
            it ->
                assertThat(it.body().toString())
                    .contains(
                        "slack_app_token_file: /etc/longshore/secrets/slack/bot-token",
                        "slack_app_level_token_file: /etc/longshore/secrets/slack/app-token"));
    assertThat(all)
        .extracting(it -> it.body().at("/spec/template/spec/volumes").toString())
        .anySatisfy(
            volumes -> assertThat(volumes).contains("\"slack/bot-token\"", "\"slack/app-token\""));
  }

  private static List<JsonNode> pods(String chart) {
    List<JsonNode> pods = new ArrayList<>();
    for (Manifest manifest : new Chart(chart).renderExamples()) {
      JsonNode pod = manifest.body().at("/spec/template");
      if (!pod.isMissingNode()) {
        pods.add(pod);
      }
    }
    assertThat(pods).isNotEmpty();
    return pods;
  }
}
