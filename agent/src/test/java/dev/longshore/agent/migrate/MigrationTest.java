package dev.longshore.agent.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.filter.FilterRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A configuration of another agent becomes one that ours takes; what has no counterpart is named
/// with its line, and a secret is never copied.
class MigrationTest {
  private static final Path EXAMPLES = Path.of("src/test/resources/migrate");
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "ELASTICSEARCH_PASSWORD", "from-the-environment",
          "ELASTICSEARCH_USERNAME", "filebeat",
          "ES_PASSWORD", "from-the-environment",
          "ES_USER", "fluent");

  @TempDir Path folder;

  @Test
  void convertsFluentBitsClassicFormat() throws IOException {
    Migration migration = migrated("fluent-bit", "fluent-bit.conf");

    AgentConfig config = load(migration);
    assertThat(config.elastic().urls()).hasToString("[https://elasticsearch.logging:9200]");
    assertThat(config.elastic().username()).isEqualTo("fluentbit");
    assertThat(config.elastic().password()).isEqualTo("from-the-environment");
    assertThat(config.buffer().maxSize()).hasToString("5GB");
    assertThat(migration.yaml()).doesNotContain("hunter2", "tail:");
    assertThat(notes(migration))
        .containsExactly(
            "12: files are not excluded by path (/var/log/containers/noisy-*.log); annotate the pods:"
                + " longshore.dev/exclude: \"true\", or see filters",
            "21: input systemd has no counterpart",
            "35: filter lua has no counterpart",
            "48: the secret is not copied; set ELASTICSEARCH_PASSWORD in the environment",
            "56: output s3 has no counterpart");
  }

  @Test
  void convertsFluentBitsYaml() throws IOException {
    Migration migration = migrated("fluent-bit", "fluent-bit.yaml");

    AgentConfig config = load(migration);
    assertThat(config.tail().paths()).containsExactly("/srv/app/logs/*.log");
    assertThat(config.elastic().urls()).hasToString("[http://es.logging:9200]");
    assertThat(config.elastic().compression()).isTrue();
    assertThat(config.ship().dataStream()).isEqualTo("logs-app-default");
    assertThat(migration.yaml()).contains("allowExclude: false");
    assertThat(notes(migration))
        .containsExactly(
            "13: a pod's labels are always shipped, as one flattened field",
            "22: certificates are always verified; set elasticsearch.caFile to the authority's");
  }

  @Test
  void convertsFilebeat() throws IOException {
    Migration migration = migrated("filebeat", "filebeat.yml");

    AgentConfig config = load(migration);
    assertThat(config.elastic().urls())
        .hasToString("[https://elasticsearch:9200, https://es-2:9200]");
    assertThat(config.elastic().username()).isEqualTo("filebeat");
    assertThat(config.buffer().maxSize()).hasToString("10GB");
    assertThat(config.elastic().compression()).isTrue();
    assertThat(notes(migration))
        .hasSize(5)
        .anyMatch(it -> it.contains("multiline patterns are not read"))
        .anyMatch(it -> it.contains("input syslog has no counterpart"))
        .anyMatch(it -> it.contains("processor add_host_metadata has no counterpart"))
        .anyMatch(it -> it.contains("certificates are always verified"))
        .anyMatch(it -> it.contains("not to 'filebeat-%{[agent.version]}'"));
  }

  @Test
  void convertsVector() throws IOException {
    Migration migration = migrated("vector", "vector.yaml");

    AgentConfig config = load(migration);
    assertThat(config.elastic().urls()).hasToString("[https://es-1:9200, https://es-2:9200]");
    assertThat(config.ship().dataStream()).isEqualTo("logs-kubernetes-prod");
    assertThat(config.buffer().maxSize()).hasToString("1GiB");
    assertThat(config.filters().rules())
        .extracting(FilterRule::labels)
        .containsExactly(Map.of("vector.dev/exclude", "true"), Map.of("app", "noisy"));
    assertThat(notes(migration))
        .hasSize(3)
        .anyMatch(it -> it.contains("source host_metrics has no counterpart"))
        .anyMatch(it -> it.contains("transform throttle has no counterpart; annotate the pods"))
        .anyMatch(it -> it.contains("sink prometheus_exporter has no counterpart"));
  }

  @Test
  void convertsWhatFluentBitExcludesAndNamesWhatItOnlyKeeps() throws IOException {
    Migration migration = migrated("fluent-bit", "fluent-bit-chart.conf");

    List<FilterRule> rules = load(migration).filters().rules();
    assertThat(rules).extracting(FilterRule::keepOneIn).containsOnly(FilterRule.DROP);
    assertThat(rules)
        .extracting(FilterRule::namespaces)
        .containsExactly(List.of("kube-system"), List.of(), List.of("kube-system", "istio-system"));
    assertThat(rules.get(1).regex()).isEqualTo("/healthz|/readyz");
    assertThat(notes(migration))
        .anyMatch(it -> it.equals("12: more.conf is another file; convert it as well"))
        .anyMatch(it -> it.contains("set ES_HOST=elasticsearch-master"))
        .anyMatch(it -> it.contains("not excluded by path (/var/log/containers/fluent-bit*.log)"))
        .anyMatch(it -> it.startsWith("49: filter grep is not converted"))
        .anyMatch(it -> it.contains("filter modify has no counterpart"))
        .anyMatch(it -> it.contains("second output es has no counterpart"))
        .hasSize(9);
  }

  @Test
  void convertsWhatFilebeatDrops() throws IOException {
    Migration migration = migrated("filebeat", "filebeat-chart.yml");

    List<FilterRule> rules = load(migration).filters().rules();
    assertThat(rules).extracting(FilterRule::regex).contains("^DEBUG", "health", "^GET /ready");
    assertThat(rules).extracting(FilterRule::contains).contains("/healthz");
    assertThat(rules).extracting(FilterRule::namespaces).contains(List.of("kube-system"));
    assertThat(rules).extracting(FilterRule::containers).contains(List.of("istio-proxy"));
    assertThat(rules).extracting(FilterRule::name).doesNotHaveDuplicates().hasSize(6);
    assertThat(notes(migration)).noneMatch(it -> it.contains("drop_event"));
  }

  @Test
  void convertsAVectorFilterThatNegatesAndPointsToFiltersForASample() throws IOException {
    Migration migration = migrated("vector", "vector-agent.yaml");

    assertThat(load(migration).filters().rules())
        .extracting(FilterRule::contains)
        .containsExactly("", "/healthz");
    assertThat(notes(migration))
        .anyMatch(it -> it.contains("transform sample has no counterpart; see filters"))
        .anyMatch(it -> it.contains("transform remap has no counterpart"));
  }

  @Test
  void namesAConditionThatNoFilterOfOursHas() {
    assertThat(
            notes(
                Migration.of(
                    "filebeat",
                    """
                    processors:
                      - drop_event.when.not.has_fields: [message]
                      - drop_event:
                          when.and:
                            - equals.kubernetes.namespace: shop
                            - range.http.code.lt: 400
                      - drop_event.when.regexp.message: 'a(?=b)'
                    """)))
        .containsExactly(
            "2: processor drop_event is not converted; see filters",
            "5: processor drop_event is not converted; see filters",
            "7: 'a(?=b)' is not converted; see filters");
    assertThat(
            Migration.of(
                    "filebeat",
                    """
                    processors:
                      - drop_event:
                          when.and:
                            - equals.kubernetes.namespace: shop
                            - contains.message: /healthz
                    """)
                .yaml())
        .isEqualTo(
            "filters:\n  - {name: line-4, namespaces: [\"shop\"], contains: \"/healthz\"}\n");
  }

  @Test
  void namesASettingThatItDoesNotKnow() {
    Migration migration =
        Migration.of("fluent-bit", "[OUTPUT]\n  Name es\n  Host es\n  AWS_Auth On\n");

    assertThat(notes(migration)).containsExactly("4: outputs[0].aws_auth has no counterpart");
  }

  @Test
  void saysWhatToDoWithAFileOfAnotherFormat() {
    assertThatThrownBy(() -> Migration.of("vector", "[sources.k8s]\ntype = \"kubernetes_logs\"\n"))
        .hasMessageContaining("vector convert-config");
    assertThatThrownBy(() -> Migration.of("fluent-bit", "{}"))
        .hasMessageContaining("line 1: this is neither");
    assertThatThrownBy(() -> Migration.of("filebeat", "apiVersion: v1\nkind: ConfigMap\n"))
        .hasMessageContaining("this is a Kubernetes manifest");
    assertThatThrownBy(
            () ->
                Migration.of(
                    "filebeat",
                    """
                    a: |
                      filebeat.inputs: []
                    b: |
                      output.elasticsearch: {}
                    """))
        .hasMessageContaining("this holds 2 configurations");
    assertThatThrownBy(() -> Migration.of("fluentd", ""))
        .hasMessageContaining("expected one of: fluent-bit, filebeat, vector");
  }

  private static Migration migrated(String from, String file) throws IOException {
    return Migration.of(from, Files.readString(EXAMPLES.resolve(file)));
  }

  private static List<String> notes(Migration migration) {
    return migration.notes().stream().map(it -> it.line() + ": " + it.text()).toList();
  }

  /// The authority's file is on the other agent's machine.
  private AgentConfig load(Migration migration) throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.crt"), "");
    return AgentConfig.load(
        Files.writeString(
            folder.resolve("agent.yaml"),
            migration.yaml().replaceAll("/etc/(ssl/)?(es/)?ca\\.crt", ca.toString())),
        ENVIRONMENT);
  }
}
