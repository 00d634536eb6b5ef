package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every value is documented, known to the schema and shown in the README; what is wrong is refused
/// before anything is changed, by a sentence that names it.
class ChartValuesTest {
  /// With this system property the pages are written in place of being compared.
  private static final String WRITE = "longshore.page.write";

  static Stream<Chart> charts() {
    return Chart.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("charts")
  void everyValueIsDocumented(Chart chart) {
    ValuesFile values = ValuesFile.read(chart.folder().resolve("values.yaml"));

    assertThat(values.entries()).allSatisfy(it -> assertThat(it.text()).as(it.path()).isNotNull());
  }

  @ParameterizedTest
  @MethodSource("charts")
  void theSchemaKnowsTheValuesAndNoOther(Chart chart) throws IOException {
    JsonNode schema =
        new ObjectMapper().readTree(chart.folder().resolve("values.schema.json").toFile());
    ValuesFile values = ValuesFile.read(chart.folder().resolve("values.yaml"));

    List<String> known = new ArrayList<>();
    for (ValuesFile.Value value : values.entries()) {
      JsonNode at = schema;
      for (String key : value.path().split("\\.", -1)) {
        at = at.path("properties").path(key);
      }
      assertThat(at.isMissingNode()).as("%s in values.schema.json", value.path()).isFalse();
      known.add(value.path());
      if (value.standard() == null) {
        assertThat(at.path("additionalProperties").asBoolean(true)).as(value.path()).isFalse();
        at.get("properties")
            .fieldNames()
            .forEachRemaining(it -> assertThat(has(values, value.path() + "." + it)).isTrue());
      }
    }
    assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
    assertThat(known).doesNotHaveDuplicates();
    var top = new TreeSet<String>();
    schema.get("properties").fieldNames().forEachRemaining(top::add);
    // Helm itself puts it into every chart below another.
    assertThat(top.remove("global")).isTrue();
    assertThat(top).allMatch(it -> has(values, it));
  }

  private static boolean has(ValuesFile values, String path) {
    return values.entries().stream().anyMatch(it -> it.path().equals(path));
  }

  @ParameterizedTest
  @MethodSource("charts")
  void theReadmeIsMadeOfTheValues(Chart chart) throws IOException {
    JsonNode description = YamlDocuments.one(chart.folder().resolve("Chart.yaml"));
    String page =
        "# %s\n\n%s.\n\n%s\n## Values\n\n%s\nMade of `INTRO.md` and `values.yaml` by a test.\n"
            .formatted(
                chart.name(),
                description.get("description").asText(),
                YamlDocuments.text(chart.folder().resolve("INTRO.md")),
                ValuesFile.read(chart.folder().resolve("values.yaml")).markdown());
    Path readme = chart.folder().resolve("README.md");
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(readme, page);
    }

    assertThat(readme)
        .as(
            "the README is stale; write it anew with `./mvnw -Dquick -pl src/deploy -am test"
                + " -Dtest=ChartValuesTest -Dsurefire.failIfNoSpecifiedTests=false -D%s=true`",
            WRITE)
        .content()
        .isEqualTo(page);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          longshore-agent    | image.pullpolicy              | Always   | pullpolicy
          longshore-agent    | image.pullPolicy              | Sometime | pullPolicy
          longshore-agent    | updateStrategy.maxSurge       | 1        | maxSurge
          longshore-agent    | elasticsearch.urls[0]         | es:9200  | urls
          longshore-agent    | elasticsearch.urls[0]         | https://u:p@es:9200 | urls
          longshore-alerting | prometheus.url                | http://u:p@prom:9090 | url
          longshore-agent    | config.elasticsearch.password | hunter2  | password
          longshore-agent    | config.buffer.dir             | /data    | dir
          longshore-agent    | config.bufer.maxSize          | 1GiB     | bufer
          longshore-agent    | service.port                  | 70000    | port
          longshore-agent    | securityContext.privileged    | true     | privileged
          longshore-alerting | replicas                      | two      | replicas
          longshore-alerting | logLevel                      | loud     | logLevel
          longshore-alerting | persistence.size              | big      | size
          longshore-alerting | rules.shop                    | x        | shop
          platform-resources | gateway.hosts[0].name         | web      | hostname
          platform-resources | clients.minTlsVersion         | 1.0      | minTlsVersion
          platform-resources | elasticsearch.version         | 7.17.0   | version
          """)
  void refusesAValueThatItDoesNotKnow(String chart, String key, String value, String named) {
    assertThatThrownBy(() -> new Chart(chart).render(firstExample(chart), Map.of(key, value)))
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          longshore-agent    | elasticsearch.authentication  | basic | needs elasticsearch.existingSecret
          longshore-agent    | elasticsearch.existingSecret  | es    | set it to basic or apiKey
          longshore-agent    | resourceQuota.create          | true  | needs priorityClassName
          longshore-agent    | terminationGracePeriodSeconds | 10    | the kubelet kills the agent while it drains
          longshore-agent    | config.elasticsearch.drainTimeout | 1m | the kubelet kills the agent while it drains
          longshore-agent    | extraEnv[0].name              | NODE_NAME | the chart sets itself
          longshore-alerting | httpRoute.enabled             | true  | needs httpRoute.parentRefs
          longshore-alerting | ingress.enabled               | true  | needs ingress.host
          longshore-alerting | replicas                      | 2     | needs postgres.url
          longshore-alerting | postgres.url                  | postgresql://db/x | needs postgres.existingSecret
          longshore-alerting | routing.global.resolve_timeout | 5m   | routing has no route
          longshore-alerting | oncall.people[0].name | alice | oncall needs routing
          """)
  void saysWhatContradictsItself(String chart, String key, String value, String sentence) {
    assertThatThrownBy(() -> new Chart(chart).render(firstExample(chart), Map.of(key, value)))
        .hasMessageContaining(sentence);
  }

  @Test
  void saysWhatIsMissingWhenNothingSaysWhereElasticsearchIs() {
    // It holds nothing but a value that all charts have.
    Path nothing = ChartsTest.example("platform-resources", "nothing");

    assertThatThrownBy(() -> new Chart("longshore-agent").render(nothing))
        .hasMessageContaining("nothing says where Elasticsearch is");
  }

  @Test
  void saysWhatToSetForAKubernetesThatIsTooOldForAValue() {
    Chart agent = new Chart("longshore-agent");

    assertThatThrownBy(() -> agent.renderFor("v1.21.14", firstExample(agent.name())))
        .hasMessageContaining("Kubernetes is v1.21.14, older than 1.22: set it to false");
    assertThat(agent.renderFor("v1.20.2", ChartsTest.example("longshore-agent", "old-kubernetes")))
        .isNotEmpty();
  }

  private static Path firstExample(String chart) {
    return ChartsTest.example(chart, chart.equals("platform-resources") ? "nothing" : "minimal");
  }
}
