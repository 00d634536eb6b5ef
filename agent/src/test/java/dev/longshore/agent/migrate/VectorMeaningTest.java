package dev.longshore.agent.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.filter.FilterRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Of Vector's sources and filters, what is left out of all that is shipped is left out, and no
/// more.
class VectorMeaningTest {
  @TempDir Path folder;

  @Test
  void whatVectorsSelectorsLeaveOutIsLeftOut() throws IOException {
    Migration migration =
        Migration.of(
            "vector",
            """
            sources:
              k:
                type: kubernetes_logs
                extra_label_selector: app!=fluentd
                extra_field_selector: "metadata.namespace!=kube-system, metadata.namespace!=logging"
                exclude_paths_glob_patterns: ["**/*.gz", "/var/log/pods/rook_*/**", "/a"]
                extra_namespace_label_selector: "tier in (web)"
            """);

    assertThat(rules(migration))
        .extracting(FilterRule::labels)
        .startsWith(Map.of("vector.dev/exclude", "true"), Map.of("app", "fluentd"));
    assertThat(rules(migration).stream().flatMap(it -> it.namespaces().stream()))
        .containsExactly("kube-system", "logging", "rook");
    assertThat(notes(migration))
        .containsExactly(
            "6: files are not excluded by path (/a); annotate the pods: longshore.dev/exclude:"
                + " \"true\", or see filters",
            "7: extra_namespace_label_selector has no counterpart: all pods are shipped; exclude by"
                + " longshore.dev/exclude, or see filters");
  }

  @Test
  void whatOneOfVectorsSourcesLeavesOutMayBeReadByAnother() throws IOException {
    Migration migration =
        Migration.of(
            "vector",
            """
            sources:
              shop:
                type: kubernetes_logs
                extra_field_selector: metadata.namespace=shop
                extra_label_selector: app!=noisy
              team:
                type: kubernetes_logs
                include_paths_glob_patterns: ["/var/log/pods/team-*_*/**"]
                exclude_paths_glob_patterns: ["/var/log/pods/team-a_*/**"]
            """);

    assertThat(load(migration).tail().paths())
        .containsExactly("/var/log/pods/shop_*/*/*.log", "/var/log/pods/team-*_*/*/*.log");
    assertThat(rules(migration))
        .extracting(FilterRule::labels)
        .containsExactly(Map.of("vector.dev/exclude", "true"));
    assertThat(notes(migration))
        .hasSize(2)
        .anyMatch(it -> it.startsWith("5: extra_label_selector has no counterpart"))
        .anyMatch(it -> it.startsWith("9: files are not excluded by path"));
  }

  @Test
  void aFilterOfVectorThatNotAllPassIsNotConverted() throws IOException {
    Migration migration =
        Migration.of(
            "vector",
            """
            sources: {k: {type: kubernetes_logs}}
            transforms:
              Both:
                type: filter
                inputs: [k]
                condition: >-
                  string!(.kubernetes.pod_namespace) != "a" && !contains(string!(.message), "b")
                  && !includes(["c", "d-e"], .kubernetes.container_name)
              routed: {type: route, inputs: [both], route: {x: "true"}}
              side:
                type: filter
                inputs: [both]
                condition: '!contains(string!(.message), "c")'
            sinks:
              es:
                type: elasticsearch
                inputs: ["rout*.x", side]
                mode: data_stream
                encoding: {except_fields: [d]}
            """);

    assertThat(rules(migration)).extracting(FilterRule::contains).containsExactly("", "", "b", "");
    assertThat(rules(migration).getLast().containers()).containsExactly("c", "d-e");
    assertThat(load(migration).ship().dataStream()).isEqualTo("logs-generic-default");
    assertThat(notes(migration))
        .containsExactly(
            "9: transform route has no counterpart",
            "11: transform filter is not converted: not all that is shipped passes it; see filters",
            "19: sinks.es.encoding.except_fields[0] has no counterpart");
  }

  private List<FilterRule> rules(Migration migration) throws IOException {
    return load(migration).filters().rules();
  }

  private static List<String> notes(Migration migration) {
    return migration.notes().stream().map(it -> it.line() + ": " + it.text()).toList();
  }

  private AgentConfig load(Migration migration) throws IOException {
    return AgentConfig.load(
        Files.writeString(folder.resolve("agent.yaml"), migration.yaml()), Map.of());
  }
}
