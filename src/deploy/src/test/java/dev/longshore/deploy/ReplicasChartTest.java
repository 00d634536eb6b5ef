package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Several replicas of alerting share a database, stand on different nodes and are not drained
/// together; one alone has a volume.
final class ReplicasChartTest {
  private static final Chart CHART = new Chart("longshore-alerting");

  private static JsonNode one(List<Manifest> all, String kind) {
    return all.stream().filter(it -> it.kind().equals(kind)).findFirst().orElseThrow().body();
  }

  @Test
  void twoReplicasShareADatabase() {
    List<Manifest> all = CHART.render(ChartsTest.example(CHART.name(), "replicas"));

    JsonNode set = one(all, "StatefulSet").path("spec");
    assertThat(set.path("replicas").asInt()).isEqualTo(2);
    assertThat(set.has("volumeClaimTemplates")).isFalse();
    JsonNode pod = set.at("/template/spec");
    assertThat(pod.at("/affinity/podAntiAffinity").toString()).contains("kubernetes.io/hostname");
    assertThat(pod.at("/containers/0/env").toString()).contains("status.podIP");
    assertThat(pod.path("volumes").toString()).contains("longshore-alerting-postgres");
    assertThat(one(all, "ConfigMap").at("/data/alerting.yaml").asText())
        .contains(
            "url: postgresql://longshore-db-rw.databases:5432/longshore?sslmode=require",
            "usernameFile: /etc/longshore/postgres/username",
            "passwordFile: /etc/longshore/postgres/password",
            "advertise: http://${POD_IP}:9093");
    assertThat(one(all, "PodDisruptionBudget").at("/spec/maxUnavailable").asInt()).isEqualTo(1);
    assertThat(one(all, "NetworkPolicy").at("/spec/egress").toString())
        .contains("\"port\":5432", "\"port\":9093");
    assertThat(one(all, "NetworkPolicy").at("/spec/ingress").toString()).contains("podSelector");
  }

  @Test
  void anUpgradeReplacesThemOneByOneAndLeavesEachTheTimeToHandOver() {
    List<Manifest> all = CHART.render(ChartsTest.example(CHART.name(), "replicas"));

    JsonNode set = one(all, "StatefulSet").path("spec");
    assertThat(set.at("/updateStrategy/type").asText()).isEqualTo("RollingUpdate");
    // The next one waits until this one is ready.
    assertThat(set.path("podManagementPolicy").asText("OrderedReady")).isEqualTo("OrderedReady");
    JsonNode pod = set.at("/template/spec");
    assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(20);
    assertThat(pod.at("/containers/0/readinessProbe/httpGet/path").asText()).isEqualTo("/-/ready");
  }

  @Test
  void podsWithTlsAreReachedByTheNameInTheirCertificate() {
    List<Manifest> all =
        CHART.render(
            ChartsTest.example(CHART.name(), "replicas"),
            Map.of(
                "postgres.advertise", "https://${POD_IP}:9093",
                "postgres.peers.caFile", "/etc/longshore/web/ca.crt",
                "postgres.peers.serverName", "longshore-alerting.alerting.svc"));

    assertThat(one(all, "ConfigMap").at("/data/alerting.yaml").asText())
        .contains(
            "advertise: https://${POD_IP}:9093",
            "caFile: /etc/longshore/web/ca.crt",
            "serverName: longshore-alerting.alerting.svc");
  }

  @Test
  void oneReplicaHasAVolumeAndNoBudget() {
    List<Manifest> all = CHART.render(ChartsTest.example(CHART.name(), "minimal"));

    JsonNode set = one(all, "StatefulSet").path("spec");
    assertThat(set.path("replicas").asInt()).isEqualTo(1);
    assertThat(set.has("volumeClaimTemplates")).isTrue();
    assertThat(all).noneMatch(it -> it.kind().equals("PodDisruptionBudget"));
    assertThat(one(all, "ConfigMap").at("/data/alerting.yaml").asText()).doesNotContain("postgres");
  }
}
