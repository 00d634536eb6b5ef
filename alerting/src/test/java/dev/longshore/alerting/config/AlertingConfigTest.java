package dev.longshore.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.state.postgres.PeerTls;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.elastic.ElasticConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every key of alerting's file has the effect and the default that its description states.
final class AlertingConfigTest {
  @TempDir Path dir;

  @Test
  void theSmallestFileHasEveryDefault() throws IOException {
    AlertingConfig config = load("routing: alertmanager.yml\n");
    assertThat(config.routing()).isEqualTo(config.folder().resolve("alertmanager.yml"));
    assertThat(config.rules().files()).isEmpty();
    assertThat(config.rules().interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.rules().cluster()).isNull();
    assertThat(config.prometheus()).isEmpty();
    assertThat(config.elasticsearch()).isNull();
    assertThat(config.kibana()).isNull();
    assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/longshore-alerting"));
    assertThat(config.api().listen().listen()).isEqualTo("0.0.0.0:9093");
    assertThat(config.api().prefix()).isEmpty();
    assertThat(config.api().externalUrl()).isEqualTo(URI.create("http://localhost:9093"));
    assertThat(config.heartbeat()).isNull();
  }

  @Test
  void everyKeyIsRead() throws IOException {
    AlertingConfig config =
        load(
            """
            rules: [/etc/rules/*.yml, more.yml]
            evaluation: {interval: 30s}
            kubernetes:
              enabled: true
              kubeconfig: /root/.kube/config
              namespaces: [shop]
              selector: {release: monitoring}
              enforcedNamespaceLabel: team_namespace
            routing: /etc/alertmanager.yml
            prometheus:
              - name: main
                url: https://prometheus:9090/prefix
                externalUrl: https://prometheus.example.com
                username: longshore
                password: ${PROMETHEUS_PASSWORD}
                tls: {caFile: /etc/ca.crt, certFile: /etc/tls.crt, keyFile: /etc/tls.key}
                headers: {X-Scope-OrgID: shop}
                externalLabels: {cluster: production}
                timeout: 10s
                concurrency: 8
                groups: [shop-*]
              - {name: other, url: "http://other:9090", bearerTokenFile: /etc/token}
            elasticsearch:
              urls: ["https://es:9200"]
              apiKey: abc
              caFile: /etc/es.crt
              certFile: /etc/es-client.crt
              keyFile: /etc/es-client.key
              requestTimeout: 20s
            kibana: {url: "https://kibana"}
            state: {dir: /var/lib/state}
            api: {listen: "127.0.0.1:9094", prefix: /am/, externalUrl: "https://alerts"}
            heartbeat: {url: "https://watch/abc", interval: 2m}
            """);
    assertThat(config.rules().files()).containsExactly("/etc/rules/*.yml", "more.yml");
    assertThat(config.rules().interval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.rules().cluster())
        .isEqualTo(
            new AlertingConfig.ClusterRules(
                Path.of("/root/.kube/config"),
                List.of("shop"),
                Map.of("release", "monitoring"),
                "team_namespace"));
    assertThat(config.routing()).isEqualTo(Path.of("/etc/alertmanager.yml"));
    PrometheusConfig main = config.prometheus().getFirst();
    assertThat(main.name()).isEqualTo("main");
    assertThat(main.url()).isEqualTo(URI.create("https://prometheus:9090/prefix"));
    assertThat(main.externalUrl()).isEqualTo(URI.create("https://prometheus.example.com"));
    assertThat(main.credentials().password()).isEqualTo("harbour");
    assertThat(main.tls().certFile()).isEqualTo(Path.of("/etc/tls.crt"));
    assertThat(main.headers()).containsEntry("X-Scope-OrgID", "shop");
    assertThat(config.effective()).contains("X-Scope-OrgID: \"***\"");
    assertThat(main.externalLabels()).isEqualTo(Labels.of("cluster", "production"));
    assertThat(main.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(main.concurrency()).isEqualTo(8);
    assertThat(main.groups()).containsExactly("shop-*");
    PrometheusConfig other = config.prometheus().getLast();
    assertThat(other.credentials().bearerTokenFile()).isEqualTo(Path.of("/etc/token"));
    assertThat(other.externalUrl()).isEqualTo(other.url());
    assertThat(other.timeout()).isEqualTo(PrometheusConfig.DEFAULT_TIMEOUT);
    ElasticConfig elastic = Objects.requireNonNull(config.elasticsearch());
    assertThat(elastic.urls()).containsExactly(URI.create("https://es:9200"));
    assertThat(elastic.apiKey()).isEqualTo("abc");
    assertThat(elastic.certFile()).isEqualTo(Path.of("/etc/es-client.crt"));
    assertThat(elastic.keyFile()).isEqualTo(Path.of("/etc/es-client.key"));
    assertThat(elastic.requestTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.kibana()).isEqualTo(URI.create("https://kibana"));
    assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/state"));
    assertThat(config.api().listen().listen()).isEqualTo("127.0.0.1:9094");
    assertThat(config.api().prefix()).isEqualTo("/am");
    assertThat(config.api().externalUrl()).isEqualTo(URI.create("https://alerts"));
    assertThat(config.heartbeat())
        .isEqualTo(
            new AlertingConfig.Heartbeat(
                URI.create("https://watch/abc"), null, Duration.ofMinutes(2)));
    assertThat(config.effective()).doesNotContain("harbour").doesNotContain("abc\n");
  }

  @Test
  void everythingThatIsWrongIsToldAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    routes: x.yml
                    prometheus:
                      - {name: a, url: "ftp://x"}
                      - {name: a, url: "http://x:9090", username: longshore}
                    elasticsearch: {urls: ["http://es:9200"], username: longshore}
                    kibana: {url: kibana}
                    api: {prefix: "a b"}
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean 'rules'")
        .hasMessageContaining("is not a URL")
        .hasMessageContaining("username goes together with password")
        .hasMessageContaining("the source 'a' is there already")
        .hasMessageContaining("elasticsearch.username: needs a password too")
        .hasMessageContaining("empty, or a path such as /alertmanager");
  }

  @Test
  void stateMayLieInPostgresql() throws IOException {
    AlertingConfig config =
        load(
            """
            state:
              postgres:
                url: "postgresql://db-rw.shop:5432/longshore?sslmode=verify-full"
                usernameFile: /etc/longshore/postgres/username
                passwordFile: /etc/longshore/postgres/password
                advertise: "https://10.1.2.3:9093"
                peers: {caFile: /etc/web/ca.crt, serverName: alerting.shop.svc}
            """);
    assertThat(config.postgres())
        .isEqualTo(
            new PostgresConfig(
                "jdbc:postgresql://db-rw.shop:5432/longshore?sslmode=verify-full",
                null,
                Path.of("/etc/longshore/postgres/username"),
                null,
                Path.of("/etc/longshore/postgres/password"),
                "https://10.1.2.3:9093",
                new PeerTls(Path.of("/etc/web/ca.crt"), null, null, "alerting.shop.svc")));
    assertThat(load("routing: alertmanager.yml\n").postgres()).isNull();
  }

  @Test
  void tlsOfOtherReplicasNeedsAWholeCertificateAndAHostName() {
    for (var wrong :
        Map.of(
                "peers: {certFile: /etc/web/tls.crt}", "certFile and keyFile go together",
                "peers: {serverName: 'https://alerting'}", "is not a host name; write one that")
            .entrySet()) {
      assertThatThrownBy(
              () ->
                  load(
                      """
                      routing: alertmanager.yml
                      state:
                        postgres:
                          url: "postgresql://db/longshore"
                          username: longshore
                          %s
                      """
                          .formatted(wrong.getKey())))
          .hasMessageContaining("state.postgres.peers")
          .hasMessageContaining(wrong.getValue());
    }
  }

  @Test
  void aDatabaseThatCanNotBeUsedIsRefusedWithAllThatIsWrong() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    state:
                      postgres:
                        url: "mysql://longshore:harbour@db/longshore"
                        password: harbour
                        passwordFile: /etc/password
                        advertise: "10.1.2.3:9093"
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("write postgresql://host:5432/database")
        .hasMessageContaining("url must not hold user or password")
        .hasMessageContaining("one of username and usernameFile is required")
        .hasMessageContaining("password and passwordFile exclude each other")
        .hasMessageContaining("advertise is not a URL")
        .hasMessageNotContaining("harbour");
    assertThatThrownBy(() -> load("state: {postgres: {username: longshore}}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("state.postgres.url");
  }

  @Test
  void hostsMayHaveUnderscores() throws IOException {
    AlertingConfig config =
        load(
            """
            prometheus: [{name: main, url: "http://prometheus_server:9090/prefix"}]
            elasticsearch: {urls: ["http://es_1:9200"]}
            """);
    assertThat(config.prometheus().getFirst().url())
        .isEqualTo(URI.create("http://prometheus_server:9090/prefix"));
    assertThat(Objects.requireNonNull(config.elasticsearch()).urls())
        .containsExactly(URI.create("http://es_1:9200"));
    assertThatThrownBy(() -> load("prometheus: [{name: a, url: 'http://u:pw@prom_1:9090'}]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("credentials do not belong")
        .hasMessageNotContaining("pw@");
  }

  @Test
  void theHeartbeatsUrlIsReplacedInItsFileAndNeverShown() throws IOException {
    Path file = Files.writeString(dir.resolve("url"), "https://watch.example/secret-1\n");
    AlertingConfig config = load("heartbeat: {urlFile: %s}".formatted(file));
    Supplier<URI> urls = Objects.requireNonNull(config.heartbeat()).urls();
    assertThat(urls.get()).isEqualTo(URI.create("https://watch.example/secret-1"));

    Files.writeString(file, "https://watch.example/the-second-secret\n");
    assertThat(urls.get()).isEqualTo(URI.create("https://watch.example/the-second-secret"));

    Files.writeString(file, "not a url: secret-3");
    assertThat(urls.get()).isEqualTo(URI.create("https://watch.example/the-second-secret"));
    assertThatThrownBy(() -> load("heartbeat: {urlFile: %s}".formatted(file)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("heartbeat.urlFile")
        .hasMessageContaining("holds no URL")
        .hasMessageNotContaining("secret-3");
    assertThat(config.toString() + config.heartbeat()).doesNotContain("secret-1");
    assertThatThrownBy(() -> load("heartbeat: {url: 'https://a', urlFile: %s}".formatted(file)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("goes in place of url");
  }

  @Test
  void relativePathsOfEachKeyBeginInTheFolderOfTheFile() throws IOException {
    for (String name : List.of("es", "pg", "url")) {
      Files.writeString(dir.resolve(name), "https://watch.example/secret");
    }
    AlertingConfig config =
        load(
            """
            routing: alertmanager.yml
            oncall: oncall.yml
            prometheus:
              - {name: main, url: "http://prometheus", username: u, passwordFile: es, tls: {caFile: ca.pem}}
            elasticsearch: {urls: ["http://es"], username: u, passwordFile: es}
            kubernetes: {enabled: true, kubeconfig: kubeconfig}
            state: {dir: state, postgres: {url: "postgresql://pg/longshore", username: u, passwordFile: pg}}
            heartbeat: {urlFile: url}
            """);

    assertThat(config.toString())
        .contains(
            Stream.of(
                    "routing: %s/alertmanager.yml",
                    "oncall: %s/oncall.yml",
                    "passwordFile: %s/es",
                    "passwordFile: %s/pg",
                    "caFile: %s/ca.pem",
                    "kubeconfig: %s/kubeconfig",
                    "dir: %s/state",
                    "urlFile: %s/url")
                .map(it -> it.formatted(dir.toAbsolutePath()))
                .toList());
  }

  private AlertingConfig load(String text) throws IOException {
    Path file = dir.resolve("alerting.yaml");
    Files.writeString(file, text);
    return AlertingConfig.load(file, Map.of("PROMETHEUS_PASSWORD", "harbour"));
  }
}
