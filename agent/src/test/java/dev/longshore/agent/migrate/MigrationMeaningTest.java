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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a migrated configuration says means the same as before: which files are read, which lines
/// are left out, which server is asked. Where it can't, that is said.
class MigrationMeaningTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("ES_PASSWORD", "from-the-environment", "ES_HOST", "es-1");

  @TempDir Path folder;

  @Test
  void containersAreFollowedBesideTheFilesOfAnotherInput() throws IOException {
    Migration migration =
        Migration.of(
            "fluent-bit",
            """
            [INPUT]
                Name Tail
                Path /var/log/containers/*.log
                Tag  kube.*
            [INPUT]
                Name tail
                Path /var/log/kubernetes/audit.log, /srv/*.log
                Tag  audit
            """);

    assertThat(load(migration).tail().paths())
        .containsExactly("/var/log/pods/*/*/*.log", "/var/log/kubernetes/audit.log", "/srv/*.log");
  }

  @Test
  void onlyTheContainersThatAPathNamesAreFollowed() throws IOException {
    Migration migration =
        Migration.of(
            "fluent-bit",
            "[INPUT]\n  Name tail\n  Path /var/log/containers/*_shop_*.log,*.gz,/srv/\n  Tag kube.*\n");

    assertThat(load(migration).tail().paths()).containsExactly("/var/log/containers/*_shop_*.log");
    assertThat(notes(migration))
        .containsExactly(
            "3: '*.gz' is not followed; see tail.paths",
            "3: '/srv/' is not followed; see tail.paths");
  }

  @Test
  void whatOneInputExcludesAndAnotherReadsIsNotLeftOut() {
    Migration migration =
        Migration.of(
            "fluent-bit",
            """
            [INPUT]
                Name tail
                Tag app.*
                Path /var/log/containers/*.log
                Exclude_Path /var/log/containers/*_kube-system_*.log
            [INPUT]
                Name tail
                Tag system.*
                Path /var/log/containers/*_kube-system_*.log
            """);

    assertThat(migration.yaml()).isEqualTo("{}\n");
    assertThat(notes(migration)).hasSize(1).first().asString().startsWith("5: files are not excl");
  }

  @Test
  void aContainerOfANamespaceIsLeftOutByBoth() throws IOException {
    Migration migration =
        Migration.of(
            "fluent-bit",
            """
            [INPUT]
                Name tail
                Path /var/log/containers/*.log
                Exclude_Path /var/log/containers/*_logging_fluent-bit-*.log,*.gz
            """);

    assertThat(load(migration).filters().rules())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.namespaces()).containsExactly("logging");
              assertThat(it.containers()).containsExactly("fluent-bit", "fluent-bit-*");
            });
    assertThat(notes(migration)).isEmpty();
  }

  @Test
  void aGrepForSomeTagsIsNotForAll() {
    String grep =
        """
        [INPUT]
            Name tail
            Path /var/log/containers/*.log
            Tag  kube.*
        [FILTER]
            Name  grep
            Match %s
            Exclude log health
        """;

    for (String all : List.of("*", "kube.*", "kube*", "**")) {
      assertThat(Migration.of("fluent-bit", grep.formatted(all)).yaml()).contains("health");
    }
    for (String some : List.of("kube.var.log.containers.nginx*", "audit.*", "*nginx*")) {
      Migration migration = Migration.of("fluent-bit", grep.formatted(some));
      assertThat(migration.yaml()).isEqualTo("{}\n");
      assertThat(notes(migration))
          .containsExactly("6: filter grep is not converted: it is for " + some + "; see filters");
    }
  }

  @Test
  void namesAnOutputForSomeTagsAndParsersOfUsers() {
    assertThat(
            notes(
                Migration.of(
                    "fluent-bit",
                    """
                    [INPUT]
                        Name tail
                        Path /var/log/containers/*.log
                        Tag  kube.*
                        Parser nginx
                    [FILTER]
                        Name multiline
                        Match *
                        multiline.parser java, my_app
                    [OUTPUT]
                        Name es
                        Match kube.var.log.containers.shop*
                        Logstash_Format On
                        Logstash_Prefix shop
                    """)))
        .containsExactly(
            "5: parser nginx has no counterpart: only JSON is parsed into fields",
            "9: multiline parser my_app is not read: stack traces are joined without it; see"
                + " frame.multiline and longshore.dev/multiline",
            "12: not only what matches kube.var.log.containers.shop* is shipped; see filters",
            "14: documents go to a data stream, by default logs-kubernetes.container_logs-default,"
                + " not to 'shop-%Y.%m.%d'");
  }

  @Test
  void aRegexBetweenSlashesIsOneWithoutThem() throws IOException {
    String grep = "[FILTER]\n  Name grep\n  Match *\n  Exclude log %s\n";

    assertThat(rules(Migration.of("fluent-bit", grep.formatted("/GET .*health/i"))))
        .extracting(FilterRule::regex)
        .containsExactly("(?i)GET .*health");
    assertThat(rules(Migration.of("fluent-bit", grep.formatted("/healthz|/readyz"))))
        .extracting(FilterRule::regex)
        .containsExactly("/healthz|/readyz");
    assertThat(Migration.of("fluent-bit", grep.formatted("/a.b/m")).yaml()).isEqualTo("{}\n");
  }

  @ParameterizedTest
  @CsvSource({
    "5G, 5GB",
    "500M, 500MB",
    "1GiB, 1GiB",
    "268435456, 256MiB",
    "5M, 16MiB",
    "10 GB, 10GB",
  })
  void aBufferIsAsLargeAsBefore(String before, String now) throws IOException {
    Migration migration =
        Migration.of("filebeat", "queue.disk.max_size: \"%s\"\n".formatted(before));

    assertThat(load(migration).buffer().maxSize()).hasToString(now);
    assertThat(migration.notes()).hasSize(now.equals("16MiB") ? 1 : 0);
  }

  @Test
  void namesASizeThatIsNone() {
    assertThat(notes(Migration.of("filebeat", "queue.disk.max_size: 99999999999999999999G\n")))
        .containsExactly(
            "1: queue.disk.max_size '99999999999999999999G' is no size that is understood");
  }

  @ParameterizedTest
  @CsvSource({
    "es, https://es:9200/logs",
    "es:9243, https://es:9243/logs",
    "https://es.example.com, https://es.example.com:9200/logs",
    "https://es.example.com/, https://es.example.com:9200/logs",
    "http://es/own, http://es:9200/own",
    "http://elastic:changeme@es:9200, http://es:9200/logs",
    "'[\"https://a:9200\",\"b\"]', 'https://a:9200/logs, https://b:9200/logs'",
    "'${ES_HOST}:9200', https://es-1:9200/logs",
    "'${ES_HOST:es}:${ES_PORT:9200}', https://es-1:9200/logs",
    "'${ES_UNSET:es-2:9300}', https://es-2:9300/logs",
    "'${ES_UNSET:http://es-2}', http://es-2:80",
  })
  void aServerOfFilebeatHasItsSchemePortAndPath(String host, String url) throws IOException {
    Migration migration =
        Migration.of(
            "filebeat",
            """
            output.elasticsearch:
              protocol: https
              path: /logs/
              hosts: ['%s']
            """
                .formatted(host));

    if (url.endsWith(":80")) {
      assertThat(migration.yaml()).contains("${ES_UNSET:http://es-2}");
    } else {
      assertThat(load(migration).elastic().urls()).hasToString("[" + url + "]");
    }
    assertThat(migration.yaml()).doesNotContain("changeme");
  }

  @Test
  void readsVariablesAsEachAgentHasThem() throws IOException {
    Migration filebeat =
        Migration.of(
            "filebeat",
            """
            output.elasticsearch:
              hosts: ["${ES_URL}"]
              username: ${ES_HOST:?is required}
              password: ${ES_PASSWORD:changeme}
            """);

    assertThat(filebeat.yaml())
        .contains("urls: [\"${ES_URL}\"]", "username: \"${ES_HOST}\"", "\"${ES_PASSWORD}\"");
    assertThat(notes(filebeat))
        .containsExactly(
            "2: elasticsearch.urls are URLs with scheme and port; let ${ES_URL} be one",
            "4: the secret is not copied; set ES_PASSWORD in the environment");

    Migration vector =
        Migration.of(
            "vector",
            """
            sinks:
              es:
                type: elasticsearch
                endpoints: ["${ES_URL:-https://es:9200}"]
                auth: {strategy: basic, user: "${ES_USER-vector}", password: $ES_PASSWORD}
            """);

    AgentConfig config = load(vector);
    assertThat(config.elastic().urls()).hasToString("[https://es:9200]");
    assertThat(config.elastic().username()).isEqualTo("vector");
    assertThat(config.elastic().password()).isEqualTo("from-the-environment");
  }

  @Test
  void aCertificateIsShownWhereItWasShown() throws IOException {
    Files.writeString(folder.resolve("a.pem"), "");
    Migration migration =
        Migration.of(
            "filebeat",
            """
            output.elasticsearch:
              ssl.certificate_authorities: a.pem
              ssl.certificate: a.pem
              ssl.key: a.pem
              ssl.verification_mode: full
            """);

    assertThat(migration.yaml())
        .contains("caFile: \"a.pem\"", "certFile: \"a.pem\"", "keyFile: \"a.pem\"");
    assertThat(notes(migration)).isEmpty();
    assertThat(
            notes(
                Migration.of(
                    "filebeat",
                    "output.elasticsearch.ssl.certificate_authorities: [\"-----BEGIN CERT\", b]\n")))
        .containsExactly(
            "1: the PEM text is not copied; write it into a file, and set elasticsearch.caFile",
            "1: elasticsearch.caFile is one file; add the certificates of b");
  }

  @Test
  void whatIsSwitchedOffIsNotConverted() {
    Migration migration =
        Migration.of(
            "filebeat",
            """
            filebeat.inputs:
              - type: filestream
                enabled: false
                paths: [/var/log/*.log]
                exclude_lines: ['^DBG']
            output.elasticsearch: {enabled: false, hosts: [es]}
            output.file: {enabled: false, path: /tmp}
            """);

    assertThat(migration.yaml()).isEqualTo("{}\n");
    assertThat(migration.notes()).isEmpty();
  }

  @Test
  void saysThatAutodiscoverChoosesContainers() throws IOException {
    Migration migration =
        Migration.of(
            "filebeat",
            """
            filebeat.autodiscover.providers:
              - type: kubernetes
                hints.enabled: true
                hints.default_config:
                  enabled: false
                  type: filestream
                  parsers: [container: ~]
                  paths: ["/var/log/containers/*-${data.kubernetes.container.id}.log"]
                templates:
                  - condition.equals.kubernetes.namespace: shop
                    config: [{type: container}]
            filebeat.inputs:
              - type: log
                paths: [/srv/*.log]
                exclude_lines: [debug]
            """);

    assertThat(load(migration).tail().paths())
        .containsExactly("/var/log/pods/*/*/*.log", "/srv/*.log");
    assertThat(rules(migration)).isEmpty();
    assertThat(notes(migration))
        .containsExactly(
            "5: not only pods with co.elastic.logs/enabled are shipped: all are; exclude by"
                + " longshore.dev/exclude, or see filters",
            "10: autodiscover template is not converted: all containers are shipped alike; see"
                + " filters and the annotations of pods",
            "15: 'debug' is not converted; see filters");
  }

  @Test
  void aStreamThatWasNotReadIsLeftOutAndExcludedFilesAreNamed() throws IOException {
    Migration migration =
        Migration.of(
            "filebeat",
            """
            filebeat.inputs:
              - type: filestream
                paths: [/var/log/containers/*.log]
                parsers: [container: {stream: stderr, format: cri}]
                prospector.scanner.exclude_files: ['\\.gz$', 'kube-system']
                processors: [drop_event: ]
            tags: [prod]
            setup.ilm.policy_name: logs-30d
            """);

    assertThat(rules(migration)).extracting(FilterRule::stream).containsExactly("stdout");
    assertThat(notes(migration))
        .containsExactly(
            "5: files are not excluded by path (kube-system); annotate the pods:"
                + " longshore.dev/exclude: \"true\", or see filters",
            "6: processor drop_event is not converted; see filters",
            "7: tags has no counterpart",
            "8: ILM policies are not used: documents are kept as long as elasticsearch.retention says");
  }

  @Test
  void readsWhatAManifestOrAChartsValuesHold() throws IOException {
    Migration manifest =
        Migration.of(
            "fluent-bit",
            """
            kind: ConfigMap
            data:
              fluent-bit.conf: |
                @INCLUDE input.conf
                @INCLUDE more.conf
              input.conf: |
                [Input]
                    Name tail
                    Path /srv/*.log
                    Parser nginx
            ---
            kind: DaemonSet
            """);

    assertThat(load(manifest).tail().paths()).containsExactly("/srv/*.log");
    assertThat(notes(manifest))
        .containsExactly("10: parser nginx has no counterpart: only JSON is parsed into fields");

    Migration values =
        Migration.of(
            "filebeat",
            """
            filebeatConfig:
              filebeat.yml: |
                output.elasticsearch:
                  hosts: [es]
                  pipeline: p
            """);
    assertThat(load(values).elastic().urls()).hasToString("[http://es:9200]");
    assertThat(notes(values))
        .containsExactly("5: output.elasticsearch.pipeline has no counterpart");

    Migration custom =
        Migration.of(
            "vector",
            """
            role: Agent
            customConfig:
              sinks: {es: {type: elasticsearch, endpoints: ["http://es:9200"], pipeline: p}}
            """);
    assertThat(load(custom).elastic().urls()).hasToString("[http://es:9200]");
    assertThat(notes(custom)).containsExactly("3: sinks.es.pipeline has no counterpart");
  }

  private List<FilterRule> rules(Migration migration) throws IOException {
    return load(migration).filters().rules();
  }

  private static List<String> notes(Migration migration) {
    return migration.notes().stream().map(it -> it.line() + ": " + it.text()).toList();
  }

  private AgentConfig load(Migration migration) throws IOException {
    return AgentConfig.load(
        Files.writeString(folder.resolve("agent.yaml"), migration.yaml()), ENVIRONMENT);
  }
}
