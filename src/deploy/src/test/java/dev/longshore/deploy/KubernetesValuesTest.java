package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.example;
import static dev.longshore.deploy.ChartsTest.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What Kubernetes takes is taken, as people write it, and what it refuses is refused by the name
/// of the value, with what is accepted.
class KubernetesValuesTest {
  private static final Chart AGENT = new Chart("longshore-agent");
  private static final Chart ALERTING = new Chart("longshore-alerting");

  @TempDir Path folder;

  static List<Chart> products() {
    return List.of(AGENT, ALERTING);
  }

  @ParameterizedTest
  @MethodSource("products")
  void whatAPodMayHaveIsTaken(Chart chart) throws IOException {
    JsonNode pod =
        workload(
            chart,
            """
            resources:
              requests: {cpu: 0.5, memory: 2e8}
              limits: {cpu: "1e0", memory: 400000Ki}
              claims: [{name: gpu}]
            podSecurityContext:
              runAsUser: 1000650000
              appArmorProfile: {type: RuntimeDefault}
              supplementalGroupsPolicy: Strict
              seLinuxChangePolicy: MountOption
            tolerations:
              - {key: node.example.com/sla, operator: Gt, value: "950", effect: NoSchedule}
            extraEnv: [{name: elasticsearch.proxy-host, value: proxy}]
            imagePullSecrets: [regcred, {name: mirror}]
            """);

    JsonNode container = pod.at("/containers/0");
    assertThat(container.at("/resources/requests/cpu").asDouble()).isEqualTo(0.5);
    assertThat(container.at("/resources/requests/memory").asLong()).isEqualTo(200_000_000);
    assertThat(pod.at("/securityContext/runAsUser").isIntegralNumber()).isTrue();
    assertThat(pod.at("/tolerations/0/operator").asText()).isEqualTo("Gt");
    assertThat(container.path("env").findValuesAsText("name")).contains("elasticsearch.proxy-host");
    assertThat(pod.path("imagePullSecrets").findValuesAsText("name"))
        .containsExactly("regcred", "mirror");
  }

  @ParameterizedTest
  @MethodSource("products")
  void aServiceOfBothFamiliesNamesThem(Chart chart) throws IOException {
    JsonNode service =
        only(
            "Service",
            render(chart, "service: {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6, IPv4]}"));

    assertThat(service.at("/spec/ipFamilyPolicy").asText()).isEqualTo("RequireDualStack");
    assertThat(service.at("/spec/ipFamilies").toString()).isEqualTo("[\"IPv6\",\"IPv4\"]");
  }

  @Test
  void aServiceOnTheNodesHasThePortThatIsNamed() throws IOException {
    JsonNode service =
        only(
            "Service",
            render(
                ALERTING,
                "service: {type: NodePort, nodePort: 30093, externalTrafficPolicy: Local}"));

    assertThat(service.at("/spec/ports/0/nodePort").asInt()).isEqualTo(30_093);
    assertThat(service.at("/spec/externalTrafficPolicy").asText()).isEqualTo("Local");
  }

  @Test
  void aClaimOfNoClassSaysSo() throws IOException {
    JsonNode set = only("StatefulSet", render(ALERTING, "persistence: {storageClassName: \"-\"}"));

    JsonNode name = set.at("/spec/volumeClaimTemplates/0/spec/storageClassName");
    assertThat(name.isTextual()).isTrue();
    assertThat(name.asText()).isEmpty();
  }

  @Test
  void aSpreadCountsThePodsOfTheReleaseUnlessItSaysOthers() throws IOException {
    JsonNode spread =
        workload(
                ALERTING,
                """
                topologySpreadConstraints:
                  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}
                  - {maxSkew: 1, topologyKey: zone, labelSelector: {matchLabels: {team: shop}}}
                """)
            .path("topologySpreadConstraints");

    assertThat(spread.at("/0/labelSelector/matchLabels").toString())
        .isEqualTo(
            "{\"app.kubernetes.io/instance\":\"longshore\","
                + "\"app.kubernetes.io/name\":\"longshore-alerting\"}");
    assertThat(spread.at("/1/labelSelector/matchLabels").toString())
        .isEqualTo("{\"team\":\"shop\"}");
  }

  @Test
  void aBudgetMaySayHowManyStay() throws IOException {
    JsonNode budget =
        only(
            "PodDisruptionBudget",
            render(ALERTING, "podDisruptionBudget: {enabled: true, minAvailable: 1}"));

    assertThat(budget.at("/spec/minAvailable").asInt()).isEqualTo(1);
    assertThat(budget.at("/spec").has("maxUnavailable")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          longshore-agent    | updateStrategy.maxUnavailable        | 0%    | maxUnavailable
          longshore-agent    | updateStrategy.maxUnavailable        | 150%  | maxUnavailable
          longshore-agent    | updateStrategy.rollingUpdate.x       | 1     | 'maxUnavailable', 'minReadySeconds', 'type'
          longshore-agent    | image.registry                       | ghcr.io | 'digest', 'pullPolicy', 'repository', 'tag'
          longshore-alerting | persistence.storageClass             | fast  | 'storageClassName'
          longshore-agent    | config.buffer.dir                    | /data | config.buffer.dir is the chart's own: set state.hostPath
          longshore-agent    | config.elasticsearch.password        | x     | set elasticsearch.authentication and elasticsearch.existingSecret
          longshore-agent    | config.elasticsearch.drainTimeout    | 1m30s | the kubelet kills the agent while it drains
          longshore-agent    | config.elasticsearch.drainTimeout    | 45000ms | the kubelet kills the agent while it drains
          longshore-agent    | prometheusRule.disabled[0]           | LongshoreAgentDwn | which is no alert of this chart; there are: LongshoreAgentDown
          longshore-alerting | prometheusRule.disabled[0]           | Nope  | which is no alert of this chart; there are: LongshoreAlertingDown
          longshore-alerting | ownLogRules.disabled[0]              | Nope  | which is none of these alerts; there are:
          longshore-agent    | podMonitor.interval                  | 5s    | podMonitor.scrapeTimeout of 10s is longer than podMonitor.interval of 5s
          longshore-alerting | serviceMonitor.scrapeTimeout         | 1m    | set it to 30s or less
          longshore-agent    | web.probesPort                       | 9600  | web.probesPort and service.port are both 9600
          longshore-alerting | service.nodePort                     | 30093 | need service.type: NodePort or LoadBalancer
          longshore-alerting | service.loadBalancerClass            | nlb   | need service.type: LoadBalancer
          longshore-agent    | daemonSetVolumes[0].name             | logs  | 'extraVolumes'
          platform-resources | issuers.ownAuthority.duration        | 30d   | duration
          """)
  void whatKubernetesRefusesIsRefusedWithWhatIsAccepted(
      String chart, String key, String value, String told) {
    Path values = example(chart, chart.equals("platform-resources") ? "nothing" : "minimal");
    Map<String, String> settings = new HashMap<>();
    if (!chart.equals("platform-resources")) {
      settings.put("prometheusRule.enabled", "true");
      settings.put("elasticsearch.urls[0]", "http://elasticsearch:9200");
      settings.put("web.existingSecret", "web");
    }
    if (chart.equals("longshore-agent")) {
      settings.put("podMonitor.enabled", "true");
    }
    if (chart.equals("longshore-alerting")) {
      settings.put("serviceMonitor.enabled", "true");
      settings.put("elasticsearch.enabled", "true");
    }
    settings.put(key, value);

    assertThatThrownBy(() -> new Chart(chart).render(values, settings)).hasMessageContaining(told);
  }

  /// A schema that lists the keys of an object in its refusal lists all of them.
  @Test
  void everyRefusalOfAnUnknownKeySaysWhichThereAre() throws IOException {
    for (Chart chart : Chart.ALL) {
      List<String> stale = new ArrayList<>();
      compare(
          new ObjectMapper().readTree(chart.folder().resolve("values.schema.json").toFile()),
          "",
          stale);
      assertThat(stale).as(chart.name()).isEmpty();
    }
  }

  private static void compare(JsonNode schema, String at, List<String> stale) {
    JsonNode keys = schema.path("properties");
    boolean closed = schema.path("additionalProperties").isBoolean();
    if (closed && keys.isObject() && keys.size() > 0) {
      List<String> expected = new ArrayList<>();
      keys.fieldNames().forEachRemaining(expected::add);
      List<String> told = new ArrayList<>();
      schema.at("/propertyNames/enum").forEach(it -> told.add(it.asText()));
      if (!Set.copyOf(expected).equals(Set.copyOf(told))) {
        stale.add(at + ": " + told);
      }
    }
    schema.properties().forEach(it -> compare(it.getValue(), at + "/" + it.getKey(), stale));
    if (schema.isArray()) {
      schema.forEach(it -> compare(it, at, stale));
    }
  }

  private JsonNode workload(Chart chart, String more) throws IOException {
    return render(chart, more).stream()
        .filter(it -> Set.of("DaemonSet", "StatefulSet").contains(it.kind()))
        .findFirst()
        .orElseThrow()
        .body()
        .at("/spec/template/spec");
  }

  private List<Manifest> render(Chart chart, String more) throws IOException {
    return chart.render(
        Files.writeString(
            folder.resolve("values.yaml"),
            Files.readString(example(chart.name(), "minimal")) + "\n" + more + "\n"));
  }
}
