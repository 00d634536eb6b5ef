package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.example;
import static dev.longshore.deploy.ChartsTest.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Values that are odd and legal make objects that are right: null, names that look like numbers,
/// long names, servers at ports of their own, a registry of a chart above.
class OddValuesTest {
  private static final Chart AGENT = new Chart("longshore-agent");
  private static final Chart ALERTING = new Chart("longshore-alerting");

  /// With each of these a check or a template failed where it should have refused.
  private static final List<String> OBSCURE = List.of("executing \"", "nil pointer", "wrong type");

  @TempDir Path folder;

  static Stream<Chart> charts() {
    return Chart.ALL.stream();
  }

  static List<Chart> products() {
    return List.of(AGENT, ALERTING);
  }

  /// A key that nothing stands below is null, and Helm takes it out of the chart's own values.
  @ParameterizedTest
  @MethodSource("charts")
  void aValueThatIsNullIsAsEmptyOrIsRefusedByItsName(Chart chart) {
    Path values = minimal(chart);
    String without = String.valueOf(template(chart, values, null));

    for (ValuesFile.Value value :
        ValuesFile.read(chart.folder().resolve("values.yaml")).entries()) {
      String key = value.path().substring(value.path().lastIndexOf('.') + 1);
      String text;
      try {
        text = String.valueOf(template(chart, values, value.path()));
      } catch (IllegalStateException e) {
        assertThat(e.getMessage()).as(value.path()).contains(key).doesNotContain(OBSCURE);
        continue;
      }
      assertThat(text).as(value.path()).doesNotContain("%!");
      if (isEmpty(value.standard())) {
        assertThat(text).as(value.path()).isEqualTo(without);
      }
    }
  }

  private static @Nullable String template(Chart chart, Path values, @Nullable String isNull) {
    var command = chart.template(Chart.RELEASE, Chart.NAMESPACE, values);
    if (isNull != null) {
      command.set(isNull, "null");
    }
    return command.call();
  }

  private static boolean isEmpty(@Nullable JsonNode standard) {
    if (standard == null) {
      return false;
    }
    if (standard.isTextual()) {
      return standard.asText().isEmpty();
    }
    return standard.isContainerNode() ? standard.isEmpty() : !standard.asBoolean(true);
  }

  @ParameterizedTest
  @MethodSource("products")
  void namesThatLookLikeNumbersAndTruthsStayTexts(Chart chart) {
    var command = chart.template("on", "1234", minimal(chart));
    List<Manifest> manifests = Chart.manifests(chart.name(), command.call());

    for (Manifest manifest : manifests) {
      JsonNode namespace = manifest.body().at("/metadata/namespace");
      assertThat(namespace.isMissingNode() || namespace.isTextual()).as("%s", manifest).isTrue();
      for (String at : List.of("/spec/selector/matchLabels", "/spec/selector")) {
        JsonNode instance = manifest.body().at(at).path("app.kubernetes.io/instance");
        assertThat(instance.asText("on")).as("%s", manifest).isEqualTo("on");
        assertThat(instance.isMissingNode() || instance.isTextual()).as("%s", manifest).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          longshore-agent    | elasticsearch.urls[0]       | https://logs.example.com:9243             | 9243
          longshore-agent    | elasticsearch.urls[0]       | http://[fd00::9]                          | 80
          longshore-agent    | elasticsearch.service.port  | 9201                                      | 9201
          longshore-alerting | prometheus.url              | http://vmsingle.monitoring:8428/prefix    | 8428
          longshore-alerting | prometheus.service.port     | 10902                                     | 10902
          longshore-alerting | elasticsearch.urls[0]       | https://logs.example.com:9243             | 9243
          longshore-alerting | postgres.url                | postgresql://a:6432,b/longshore?x=:1      | 6432
          longshore-alerting | postgres.advertise          | http://${POD_IP}:9093                     | 9093
          """)
  void aNetworkPolicyLetsThroughToTheServersThatAreNamed(
      String chart, String key, String value, int port) {
    var command = new Chart(chart).template(Chart.RELEASE, Chart.NAMESPACE, nothing());
    command.set("elasticsearch.service.name", "logs");
    command.set("networkPolicy.enabled", "true").set(key, value);
    if (chart.equals("longshore-alerting")) {
      command.set("prometheus.service.name", "prometheus").set("elasticsearch.enabled", "true");
      command.set("postgres.existingSecret", "database");
      if (key.equals("postgres.advertise")) {
        command.set("postgres.url", "postgresql://database/longshore");
      }
    }

    JsonNode policy = only("NetworkPolicy", Chart.manifests(chart, command.call()));

    List<Integer> ports = new ArrayList<>();
    policy.at("/spec/egress/1/ports").forEach(it -> ports.add(it.path("port").asInt()));
    assertThat(ports).contains(port, 443, 9200).doesNotContain(0).doesNotHaveDuplicates();
  }

  @Test
  void aDrainMayTakeAPercentageOfThePods() {
    var settings =
        Map.of("podDisruptionBudget.enabled", true, "podDisruptionBudget.maxUnavailable", "50%");

    assertThat(
            only("PodDisruptionBudget", ALERTING.render(minimal(ALERTING), settings))
                .at("/spec/maxUnavailable")
                .asText())
        .isEqualTo("50%");
  }

  @Test
  void aConfigurationOfOnesOwnNeedsNoServerInTheValues() {
    assertThat(AGENT.render(nothing(), Map.of("existingConfigMap", "own"))).isNotEmpty();
    assertThat(ALERTING.render(nothing(), Map.of("existingConfigMap", "own"))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("products")
  void theRegistryAndPullSecretsOfAChartAboveAreTaken(Chart chart) {
    var settings =
        Map.of(
            "global.imageRegistry", "registry.example.com/mirror/",
            "global.imagePullSecrets[0].name", "above",
            "global.imagePullSecrets[1]", "text",
            "imagePullSecrets[0].name", "own");
    List<JsonNode> pods = new ArrayList<>();
    chart.render(minimal(chart), settings).stream()
        .map(it -> it.body().at("/spec/template/spec"))
        .filter(it -> !it.isMissingNode())
        .forEach(pods::add);
    pods.add(test(chart, minimal(chart), settings).path("spec"));

    assertThat(pods).hasSize(2);
    for (JsonNode pod : pods) {
      assertThat(pod.path("imagePullSecrets").findValuesAsText("name"))
          .containsExactly("own", "above", "text");
      assertThat(pod.at("/containers/0/image").asText())
          .startsWith("registry.example.com/mirror/longshore/");
    }
  }

  @Test
  void onOpenShiftNoPodAsksForAUserThatItsNamespaceDoesNotHave() {
    for (JsonNode pod :
        List.of(
            test(AGENT, example(AGENT.name(), "openshift"), Map.of()),
            test(ALERTING, minimal(ALERTING), Map.of("rbac.openshiftScc", "nonroot-v2")))) {
      JsonNode context = pod.at("/spec/securityContext");
      assertThat(context.has("runAsUser")).isFalse();
      assertThat(context.path("runAsNonRoot").asBoolean()).isTrue();
    }
    assertThat(test(AGENT, minimal(AGENT), Map.of()).at("/spec/securityContext/runAsUser").asInt())
        .isPositive();
  }

  @ParameterizedTest
  @MethodSource("products")
  void labelsOfLongNamesAreShortEnough(Chart chart) {
    String name = "a-name-that-is-as-long-as-a-label-may-be-which-is-63-characters";
    var settings = Map.of("nameOverride", name);
    List<JsonNode> objects = new ArrayList<>();
    chart.render(minimal(chart), settings).forEach(it -> objects.add(it.body()));
    objects.add(test(chart, minimal(chart), settings));

    var labels = new TreeSet<String>();
    for (JsonNode object : objects) {
      for (JsonNode found : object.findValues("labels")) {
        found.forEach(it -> labels.add(it.asText()));
      }
    }
    assertThat(labels).contains(name).allMatch(it -> it.length() <= 63);
  }

  private static Path minimal(Chart chart) {
    return chart.name().equals("platform-resources") ? nothing() : example(chart.name(), "minimal");
  }

  /// It holds nothing but a value that all charts have.
  private static Path nothing() {
    return example("platform-resources", "nothing");
  }

  /// The pod of `helm test`; as a hook it is no part of what Helm's library renders.
  private JsonNode test(Chart chart, Path values, Map<String, String> settings) {
    try {
      Path copy = Files.createTempDirectory(folder, chart.name());
      try (Stream<Path> files = Files.walk(chart.folder())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path target = copy.resolve(chart.folder().relativize(file).toString());
          Files.createDirectories(target.getParent());
          Files.writeString(target, Files.readString(file).replaceAll("helm\\.sh/hook", "was"));
        }
      }
      var command =
          new Helm(copy)
              .template()
              .withName(Chart.RELEASE)
              .withKubeVersion("v1.35.0")
              .withValuesFile(values)
              .set("checkReferences", "false");
      settings.forEach(command::set);
      return only("Pod", Chart.manifests(chart.name(), command.call()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
