package dev.longshore.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.shared.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What doesn't fit together is refused before the agent starts, once, with the key to change.
class AgentConfigProblemsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          elasticsearch: {username: a}                        | elasticsearch.username: needs a password too
          elasticsearch: {password: geheim}                   | elasticsearch.password: needs a user name too
          elasticsearch: {username: a, password: ''}          | elasticsearch.password: is empty or refused, and username needs it
          elasticsearch: {apiKey: geheim, username: a, password: b} | elasticsearch.apiKey: excludes username and password
          elasticsearch: {apiKey: geheim, username: a}        | elasticsearch.apiKey: excludes username and password
          elasticsearch: {username: 'a:b', password: geheim}  | holds a colon
          elasticsearch: {urls: 'https://es', caFile: /absent.pem} | elasticsearch.caFile: the file /absent.pem is not there or not readable
          elasticsearch: {urls: 'ftp://es'}                   | elasticsearch.urls 'ftp://es': is not a server's URL
          elasticsearch: {urls: ['http://es/a/../b']}         | elasticsearch.urls[0] 'http://es/a/../b': is not a server's URL
          elasticsearch: {urls: []}                           | elasticsearch.urls: the list is empty
          elasticsearch: {maxBatch: 1KiB}                     | elasticsearch.maxBatch '1KiB': is too small
          elasticsearch: {maxBatchSize: 1MiB}                 | elasticsearch.maxBatchSize: unknown key; did you mean 'maxBatch'?
          elasticsearch: {datastream: x}                      | elasticsearch.datastream: unknown key; did you mean 'dataStream'?
          elasticsearch: {maxRecord: 1MiB}                    | elasticsearch.maxRecord: unknown key here; did you mean 'frame.maxRecord'?
          elasticsearch: {hosts: ['http://es:9200']}          | elasticsearch.hosts: unknown key here; did you mean 'web.hosts'? Known here: urls, username
          elastic: {}                                         | elastic: unknown key; known here: node, cluster, tail, frame, levels, redact, filters, kubernetes, policy, buffer, elasticsearch, ops
          kubernetes: {kubeconfig: /absent}                   | kubernetes.kubeconfig: the file /absent is not there or not readable
          kubernetes: {unknownPods: drop}                     | kubernetes.unknownPods 'drop': is not one of wait, ship
          policy: {annotations: [longshore.dev/exlude]}       | policy: annotations has 'longshore.dev/exlude', which matches no annotation of the agent; known are co.elastic.logs/enabled, fluentbit.io/exclude
          policy: {datasets: [Team-A]}                        | policy: datasets has 'Team-A', which no dataset matches
          policy: {datasets: [longshore.dead_letter]}         | policy: datasets has 'longshore.dead_letter'; datasets of the agent's own can't be given to pods
          policy: {maxDataStreams: 5000}                      | policy.maxDataStreams '5000': is too large; write a whole number from 0 to 1000
          policy: {allowExclude: maybe}                       | policy.allowExclude 'maybe': is not true or false
          policy: {namespaces: [{datasets: []}]}              | policy.namespaces[0]: match is empty; write names of namespaces
          policy: {namespaces: [{match: ['a b']}]}            | policy.namespaces[0]: match has 'a b', which no namespace matches
          policy: {namespaces: [{match: [a], maxDataStreams: 1}]} | policy.namespaces[0].maxDataStreams: unknown key here; did you mean 'policy.maxDataStreams'?
          buffer: {dir: ''}                                   | buffer.dir '': is blank
          buffer: {maxSize: 1MiB}                             | buffer.maxSize '1MiB': is too small; write a size from 16MiB
          frame: {maxRecord: 2MiB}                            | frame.maxRecord '2MiB': is too large; write a size from 4KiB to 1MiB
          levels: {warn: [alarm], error: [Alarm]}             | levels: 'Alarm' means warn and error; leave it in one list
          frame: {multiline: Java}                            | frame.multiline 'Java': is not one of auto, none, java
          tail: {paths: []}                                   | tail.paths is empty
          tail: {pollInterval: 20s}                           | tail.rescanInterval is 5000ms
          ops: {listen: 9600}                                 | ops.listen '9600': is not host:port; write host:port, such as 0.0.0.0:9600
          ops: {listen: 'localhost:99999'}                    | ops.listen 'localhost:99999': is not host:port
          """)
  void tellsWhatDoesNotFit(String yaml, String problem) throws IOException {
    ConfigException told = problems(yaml);

    assertThat(told.problems()).hasSize(1);
    assertThat(told).hasMessageContaining("longshore.yml:1: ").hasMessageContaining(problem);
    assertThat(told.getMessage()).doesNotContain("geheim");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "logs",
        "logs-app",
        "logs--default",
        "logs-app-",
        "metrics-app-default",
        "logs-App-default",
        "logs-a b-default",
        "logs-a,b-default",
        "logs-a/b-default",
        "logs-a*-default",
        "logs-a#b-default",
        "logs-a:b-default",
        "logs-a|b-default",
      })
  void refusesNamesThatElasticsearchRefuses(String name) throws IOException {
    assertThat(problems("elasticsearch: {dataStream: '" + name + "'}"))
        .hasMessageContaining(
            "elasticsearch.dataStream '" + name + "': is not a data stream's name")
        .hasMessageContaining("such as logs-kubernetes.container_logs-default");
  }

  @Test
  void countsTheNameOfADataStreamInBytes() throws IOException {
    String fits = "logs-app-" + "ü".repeat(123);
    Path file = write("elasticsearch: {dataStream: " + fits + "}");

    assertThat(AgentConfig.load(file, Map.of()).ship().dataStream()).isEqualTo(fits);
    assertThat(problems("elasticsearch: {dataStream: " + fits + "x}"))
        .hasMessageContaining("is not a data stream's name");
  }

  @Test
  void leavesFilesAloneThatAreNotUsed() throws IOException {
    Path file =
        write(
            """
            kubernetes: {enabled: false, kubeconfig: /absent}
            elasticsearch: {urls: "http://es:9200", caFile: /absent.pem}
            """);

    assertThat(AgentConfig.load(file, Map.of()).kubernetes().enabled()).isFalse();
  }

  private ConfigException problems(String yaml) throws IOException {
    Path file = write(yaml);
    return Objects.requireNonNull(
        catchThrowableOfType(ConfigException.class, () -> AgentConfig.load(file, Map.of())),
        "nothing is wrong");
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("longshore.yml"), yaml);
  }
}
