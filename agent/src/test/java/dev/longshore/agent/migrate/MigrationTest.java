package dev.longshore.agent.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.config.AgentConfig;
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
    assertThat(config.buffer().maxSize()).hasToString("5GiB");
    assertThat(migration.yaml()).doesNotContain("hunter2", "tail:");
    assertThat(notes(migration))
        .containsExactly(
            "12: files are not excluded by path; annotate the pods: longshore.dev/exclude: \"true\"",
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
    assertThat(config.buffer().maxSize()).hasToString("10GiB");
    assertThat(config.elastic().compression()).isTrue();
    assertThat(notes(migration))
        .hasSize(6)
        .anyMatch(it -> it.contains("multiline patterns are not read"))
        .anyMatch(it -> it.contains("input syslog has no counterpart"))
        .anyMatch(it -> it.contains("processor add_host_metadata has no counterpart"))
        .anyMatch(it -> it.contains("processor drop_event has no counterpart"))
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
    assertThat(notes(migration))
        .hasSize(4)
        .anyMatch(it -> it.startsWith("9: extra_label_selector has no counterpart"))
        .anyMatch(it -> it.contains("source host_metrics has no counterpart"))
        .anyMatch(it -> it.contains("transform throttle has no counterpart; annotate the pods"))
        .anyMatch(it -> it.contains("sink prometheus_exporter has no counterpart"));
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
            migration.yaml().replaceAll("/etc/(ssl/)?es/ca\\.crt", ca.toString())),
        ENVIRONMENT);
  }
}
