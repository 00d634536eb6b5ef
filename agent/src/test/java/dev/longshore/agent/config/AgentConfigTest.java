package dev.longshore.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.buffer.BufferConfig;
import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.PodPolicy;
import dev.longshore.agent.enrich.PolicyConfig;
import dev.longshore.agent.enrich.UnknownPodPolicy;
import dev.longshore.agent.filter.FilterRule;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.agent.redact.CustomPattern;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.agent.ship.ShipConfig;
import dev.longshore.agent.tail.TailConfig;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every default is what it is on purpose, every key reaches its place, and the effective
/// configuration shows both without a secret.
class AgentConfigTest {
  @TempDir private Path folder;

  @Test
  void hasTheseDefaults() throws IOException {
    AgentConfig config = load("tail:", Map.of());

    assertThat(config.effective())
        .isEqualTo(
            """
            node:
              name: host-1
            cluster:
              name: kubernetes
            tail:
              paths: [/var/log/pods/*/*/*.log]
              pollInterval: 1s
              rescanInterval: 5s
              rotateGrace: 2s
              maxHeld: 1GiB
              allowedLinkTargets: []
            frame:
              maxRecord: 1MiB
              multiline: auto
              groupTimeout: 1s
              partialTimeout: 3s
            levels:
              keys: []
              trace: []
              debug: []
              info: []
              warn: []
              error: []
              fatal: []
            redact:
              patterns: [secrets]
              custom: []
            filters: []
            kubernetes:
              enabled: true
              kubeconfig: null
              metadataWait: 5s
              unknownPods: wait
              maxMetadata: 16KiB
              excludeAnnotations: [kubectl.kubernetes.io/*, prometheus.io/*, checksum/*, cni.projectcalico.org/*, k8s.v1.cni.cncf.io/*, k8s.ovn.org/*, cluster-autoscaler.kubernetes.io/*]
              events: true
            policy:
              annotations: ["*"]
              denyAnnotations: []
              datasets: ["*"]
              allowExclude: true
              allowDrop: true
              allowUnredacted: false
              maxDataStreams: 50
              namespaces: []
            buffer:
              dir: /var/lib/longshore/buffer
              maxSize: 1GiB
              minFree: 512MiB
              sync: false
            elasticsearch:
              urls: [http://localhost:9200]
              username: null
              password: null
              passwordFile: null
              apiKey: null
              apiKeyFile: null
              caFile: null
              certFile: null
              keyFile: null
              compression: false
              requestTimeout: 1m
              dataStream: logs-kubernetes.container_logs-default
              retention: 30d
              refreshInterval: null
              mapping: flattened
              maxBatch: 2MiB
              requestsInFlight: 2
              numbers: []
              drainTimeout: 5s
            ops:
              listen: 0.0.0.0:9600
            web:
              configFile: null
              tokens: []
              roles:
                read: []
                silence: []
                admin: []
              anonymous: none
              proxy:
                userHeader: null
                from: []
              hosts: []
              listeners: []
            """);
    assertThat(config.tail()).isEqualTo(TailConfig.defaults());
    assertThat(config.frame()).isEqualTo(FrameConfig.defaults());
    assertThat(config.levels()).isEqualTo(LevelNames.NONE);
    assertThat(config.redact()).isEqualTo(RedactConfig.defaults());
    assertThat(config.filters()).isEqualTo(Filters.NONE);
    assertThat(config.kubernetes()).isEqualTo(KubernetesConfig.defaults());
    assertThat(config.policy()).isEqualTo(PolicyConfig.defaults());
    assertThat(config.buffer()).isEqualTo(BufferConfig.defaults());
    assertThat(config.elastic()).isEqualTo(ElasticConfig.defaults());
    assertThat(config.ship()).isEqualTo(ShipConfig.defaults());
    assertThat(config.ops()).isEqualTo(OpsConfig.defaults());
    assertThat(config.drainTimeout()).isEqualTo(AgentConfig.DEFAULT_DRAIN_TIMEOUT);
  }

  @Test
  void takesEveryKeyToItsPlace() throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.pem"), "");
    Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), "");
    String yaml =
        """
        node: {name: worker-7}
        cluster: {name: prod-eu}
        tail:
          paths: [/var/log/containers/*.log, /data/pods/**/*.log]
          pollInterval: 100ms
          rescanInterval: 10s
          rotateGrace: 3s
          maxHeld: 2GiB
          allowedLinkTargets: [/data/docker/containers]
        frame:
          maxRecord: 256KiB
          multiline: java
          groupTimeout: 4s
          partialTimeout: 6s
        levels:
          keys: [prio, schwere]
          trace: [fein]
          debug: [plapper]
          info: [hinweis]
          warn: [warnung]
          error: [fehler, "17"]
          fatal: [aus]
        redact:
          patterns: [secrets, email, -url_password]
          custom:
            - name: customer
              regex: 'CUST-(\\d{8})'
              contains: CUST-
            - {name: iban, regex: 'DE\\d{20}', enabled: false}
        filters:
          - name: health-checks
            namespaces: [shop, team-*]
            workloads: [storefront]
            containers: [nginx]
            labels: {app: storefront}
            stream: stdout
            levels: [info, none]
            contains: GET /healthz
            regex: '" 200 \\d+'
            action: sample 1/100
        kubernetes:
          enabled: true
          kubeconfig: ${KUBECONFIG}
          metadataWait: 7s
          unknownPods: ship
          maxMetadata: 32KiB
          excludeAnnotations: [example.org/*]
          events: false
        policy:
          annotations: [longshore.dev/*, fluentbit.io/exclude]
          denyAnnotations: [longshore.dev/numbers]
          datasets: [payments.*]
          allowExclude: false
          allowDrop: false
          allowUnredacted: true
          maxDataStreams: 7
          namespaces:
            - match: [kube-system, team-*]
              datasets: []
              allowExclude: true
        buffer:
          dir: /data/buffer
          maxSize: 5GiB
          minFree: 100MB
          sync: true
        elasticsearch:
          urls: [https://es-1:9200, https://es-2:9200]
          username: agent
          password: ${ES_PASSWORD}
          caFile: %s
          certFile: /etc/es/tls.crt
          keyFile: /etc/es/tls.key
          compression: true
          requestTimeout: 30s
          dataStream: logs-kubernetes.container_logs-prod
          retention: 14d
          refreshInterval: 30s
          mapping: dynamic
          maxBatch: 8MiB
          requestsInFlight: 4
          numbers: [duration_ms, http.took]
          drainTimeout: 20s
        ops: {listen: "127.0.0.1:9700"}
        """
            .formatted(ca);

    AgentConfig config =
        load(yaml, Map.of("ES_PASSWORD", "geheim", "KUBECONFIG", kubeconfig.toString()));

    assertThat(config.nodeName()).isEqualTo("worker-7");
    assertThat(config.clusterName()).isEqualTo("prod-eu");
    assertThat(config.tail())
        .isEqualTo(
            new TailConfig(
                List.of("/var/log/containers/*.log", "/data/pods/**/*.log"),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                DataSize.ofGiB(2),
                List.of(Path.of("/data/docker/containers"))));
    assertThat(config.frame())
        .isEqualTo(
            new FrameConfig(
                DataSize.ofKiB(256), "java", Duration.ofSeconds(4), Duration.ofSeconds(6)));
    assertThat(config.levels())
        .isEqualTo(
            new LevelNames(
                List.of("prio", "schwere"),
                Map.of(
                    Level.TRACE, List.of("fein"),
                    Level.DEBUG, List.of("plapper"),
                    Level.INFO, List.of("hinweis"),
                    Level.WARN, List.of("warnung"),
                    Level.ERROR, List.of("fehler", "17"),
                    Level.FATAL, List.of("aus"))));
    assertThat(config.redact())
        .isEqualTo(
            new RedactConfig(
                List.of("secrets", "email", "-url_password"),
                List.of(
                    new CustomPattern("customer", "CUST-(\\d{8})", "CUST-", true),
                    new CustomPattern("iban", "DE\\d{20}", "", false))));
    assertThat(config.filters())
        .isEqualTo(
            new Filters(
                List.of(
                    new FilterRule(
                        "health-checks",
                        List.of("shop", "team-*"),
                        List.of("storefront"),
                        List.of("nginx"),
                        Map.of("app", "storefront"),
                        "stdout",
                        List.of("info", "none"),
                        "GET /healthz",
                        "\" 200 \\d+",
                        100))));
    assertThat(config.kubernetes())
        .isEqualTo(
            new KubernetesConfig(
                true,
                kubeconfig,
                Duration.ofSeconds(7),
                UnknownPodPolicy.SHIP,
                DataSize.ofKiB(32),
                List.of("example.org/*"),
                false));
    assertThat(config.policy())
        .isEqualTo(
            new PolicyConfig(
                new PodPolicy(
                    List.of("longshore.dev/*", "fluentbit.io/exclude"),
                    List.of("longshore.dev/numbers"),
                    List.of("payments.*"),
                    false,
                    false,
                    true),
                7,
                List.of(
                    new PolicyConfig.NamespacePolicy(
                        List.of("kube-system", "team-*"),
                        new PodPolicy(
                            List.of("longshore.dev/*", "fluentbit.io/exclude"),
                            List.of("longshore.dev/numbers"),
                            List.of(),
                            true,
                            false,
                            true))),
                config.redact().names()));
    assertThat(config.buffer())
        .isEqualTo(
            new BufferConfig(
                Path.of("/data/buffer"), DataSize.ofGiB(5), DataSize.parse("100MB"), true));
    assertThat(config.elastic())
        .isEqualTo(
            new ElasticConfig(
                List.of(URI.create("https://es-1:9200"), URI.create("https://es-2:9200")),
                "agent",
                "geheim",
                null,
                null,
                null,
                ca,
                Path.of("/etc/es/tls.crt"),
                Path.of("/etc/es/tls.key"),
                true,
                Duration.ofSeconds(30)));
    assertThat(config.ship())
        .isEqualTo(
            new ShipConfig(
                "logs-kubernetes.container_logs-prod",
                DataSize.ofMiB(8),
                4,
                Duration.ofDays(14),
                Duration.ofSeconds(30),
                ObjectMapping.DYNAMIC,
                List.of("duration_ms", "http.took")));
    assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.ops()).isEqualTo(new OpsConfig("127.0.0.1", 9700));
    assertThat(config.toString()).contains("password: \"***\"").doesNotContain("geheim");
  }

  @Test
  void takesAnApiKeyInPlaceOfUserAndPassword() throws IOException {
    AgentConfig config =
        load(
            """
            elasticsearch:
              username: ${ES_USERNAME:}
              password: ${ES_PASSWORD:}
              apiKey: c2VjcmV0
            """,
            Map.of());

    assertThat(config.elastic().apiKey()).isEqualTo("c2VjcmV0");
    assertThat(config.elastic().username()).isNull();
    assertThat(config.effective()).doesNotContain("c2VjcmV0");
  }

  @Test
  void namesTheNodeByTheFileThenTheEnvironmentThenTheHost() throws IOException {
    Map<String, String> env = Map.of("NODE_NAME", "worker-2");

    assertThat(load("node: {name: worker-3}", env).nodeName()).isEqualTo("worker-3");
    assertThat(load("node:", env).nodeName()).isEqualTo("worker-2");
    assertThat(load("node:", Map.of("NODE_NAME", "")).nodeName()).isEqualTo("host-1");
  }

  @Test
  void readsItsOwnEffectiveTextBack() throws IOException {
    AgentConfig config = load("buffer: {dir: '/data/with space/${X:y}'}", Map.of());

    assertThat(load(config.effective(), Map.of())).isEqualTo(config);
  }

  @Test
  void knowsTheHostWithoutBeingTold() throws IOException {
    Path file = Files.writeString(folder.resolve("longshore.yml"), "node:");

    assertThat(AgentConfig.load(file, Map.of()).nodeName()).isNotBlank();
  }

  @Test
  void relativePathsOfEachKeyBeginInTheFolderOfTheFile() throws IOException {
    Files.writeString(folder.resolve("password"), "harbour");
    Files.writeString(folder.resolve("kubeconfig"), "");

    AgentConfig config =
        load(
            """
            tail: {paths: ["logs/*.log", "/var/log/*.log"]}
            kubernetes: {kubeconfig: kubeconfig}
            buffer: {dir: buffer}
            elasticsearch: {urls: ["http://es:9200"], username: u, passwordFile: password}
            """,
            Map.of());

    assertThat(config.tail().paths())
        .containsExactly(folder.toAbsolutePath() + "/logs/*.log", "/var/log/*.log");
    assertThat(config.effective())
        .contains("kubeconfig: " + folder.toAbsolutePath().resolve("kubeconfig"))
        .contains("dir: " + folder.toAbsolutePath().resolve("buffer"))
        .contains("passwordFile: " + folder.toAbsolutePath().resolve("password"));
  }

  private AgentConfig load(String yaml, Map<String, String> env) throws IOException {
    Path file = Files.writeString(folder.resolve("longshore.yml"), yaml);
    return AgentConfig.load(file, env, () -> "host-1");
  }
}
