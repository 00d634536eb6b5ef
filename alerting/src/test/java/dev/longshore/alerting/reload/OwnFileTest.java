package dev.longshore.alerting.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.config.AlertingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: a reload takes what of alerting's own file can be taken while it runs, and names the
/// sections whose changes wait for a start.
final class OwnFileTest {
  private static final String FILE =
      """
      rules: [rules/*.yml]
      evaluation: {interval: 30s}
      routing: alertmanager.yml
      oncall: oncall.yml
      prometheus:
        - {name: main, url: "http://prometheus:9090", username: a, password: old, externalLabels: {cluster: x}}
      elasticsearch: {urls: ["http://es:9200"], apiKey: old, delay: 30s}
      kibana: {url: "http://kibana"}
      runbookUrl: "http://runbooks"
      kubernetes: {enabled: true, namespaces: [shop]}
      acknowledgements: {timeout: 4h}
      evidence: {chart: true}
      state: {dir: /tmp/state}
      api: {listen: "127.0.0.1:9093"}
      web:
        proxy: {userHeader: X-User, from: [10.0.0.0/8]}
      heartbeat: {url: "http://heartbeat/old"}
      """;

  @TempDir Path folder;

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("alerting.yaml"), text);
  }

  private OwnFile.Contents change(String from, String to) throws Exception {
    assertThat(FILE).contains(from);
    Path file = write(FILE);
    AlertingConfig atStart = AlertingConfig.load(file, Map.of());
    OwnFile own = new OwnFile(atStart, () -> AlertingConfig.load(file, Map.of()));
    write(FILE.replace(from, to));
    return own.read();
  }

  @Test
  void whatIsTheSameWaitsForNothing() throws Exception {
    assertThat(change("rules: [rules/*.yml]", "rules:  [rules/*.yml]").atNextStart()).isEmpty();
  }

  @Test
  void whatIsTakenAtOnceWaitsForNothing() throws Exception {
    OwnFile.Contents contents = change("timeout: 4h", "timeout: 30m");
    assertThat(contents.atNextStart()).isEmpty();
    assertThat(contents.config().acknowledgementTimeout()).isEqualTo(Duration.ofMinutes(30));
    assertThat(change("interval: 30s", "interval: 10s").atNextStart()).isEmpty();
    assertThat(change("chart: true", "chart: false").atNextStart()).isEmpty();
    assertThat(change("rules/*.yml", "rules/*.yaml").atNextStart()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "routing: alertmanager.yml, routing: am.yml, routing",
    "oncall: oncall.yml, oncall: people.yml, oncall",
    "password: old, password: new, prometheus",
    "cluster: x, cluster: y, prometheus",
    "apiKey: old, apiKey: new, elasticsearch",
    "delay: 30s, delay: 31s, elasticsearch",
    "//kibana, //kibana2, kibana",
    "//runbooks, //runbooks2, runbookUrl",
    "namespaces: [shop], namespaces: [], kubernetes",
    "dir: /tmp/state, dir: /tmp/other, state",
    "127.0.0.1:9093, 127.0.0.1:9094, api",
    "X-User, X-Other, web",
    "10.0.0.0/8, 10.0.0.0/16, web",
    "heartbeat/old, heartbeat/new, heartbeat"
  })
  void theRestWaitsForAStartAndIsNamed(String from, String to, String section) throws Exception {
    assertThat(change(from, to).atNextStart()).containsExactly(section);
  }

  @Test
  void aFileThatIsBrokenSaysWhatIsWrong() {
    assertThatThrownBy(() -> change("timeout: 4h", "timeout: soon"))
        .isInstanceOf(BrokenException.class)
        .hasMessageContaining("acknowledgements.timeout");
  }
}
