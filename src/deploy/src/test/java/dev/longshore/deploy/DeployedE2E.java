package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackServer;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Agent and alerting as users get them: their images, their charts, by Helm, on a real Kubernetes,
/// with the rights and the security context that the charts state, and users of Elasticsearch with
/// the rights of the platform's role file. Whatever happens to their pods, each line is indexed
/// once, and an error burst is one message in Slack.
///
/// The cluster's node is this machine, and has the images that the environment names.
@Tag("cluster")
@Tag("images")
final class DeployedE2E {
  private static final String AGENT_IMAGE =
      System.getenv().getOrDefault("LONGSHORE_E2E_AGENT_IMAGE", "longshore/agent:dev");
  private static final String ALERTING_IMAGE =
      System.getenv().getOrDefault("LONGSHORE_E2E_ALERTING_IMAGE", "longshore/alerting:dev");

  /// How long a changed answer of the cluster's DNS may stay unnoticed.
  private static final Duration FOLLOWED = Duration.ofSeconds(10);

  private static final String CHATTY = "kubernetes.labels.app:chatty";

  private final Clock clock = Clock.system();
  private final Cluster cluster = new Cluster();
  private final String dataStream =
      "logs-kubernetes.container_logs-" + cluster.namespace.replace('-', '_');
  private final Release agent = new Release(cluster, new Chart("longshore-agent"), "agent");
  private final Release alerting =
      new Release(cluster, new Chart("longshore-alerting"), "alerting");
  private final ElasticsearchPod elasticsearch = new ElasticsearchPod(cluster);
  private final PrometheusPod prometheus = new PrometheusPod(cluster, ALERTING_IMAGE);
  private final Workloads workloads = new Workloads(cluster.kubernetes, cluster.shop);
  private final IndexedLines lines =
      new IndexedLines(elasticsearch::config, dataStream, agent::log);
  private final AlertingStatus status =
      new AlertingStatus(() -> alerting.pod().getStatus().getPodIP());
  private final String claim = "state-" + alerting.name + "-longshore-alerting-0";

  @BeforeEach
  void prepare() throws IOException {
    BuiltImages.await();
    elasticsearch.start();
    prometheus.start(
        agent.name + "-longshore-agent:9600", alerting.name + "-longshore-alerting:9093");
    for (String user : List.of(ElasticsearchPod.AGENT, ElasticsearchPod.ALERTING)) {
      cluster.secret(user, Map.of("username", user, "password", ElasticsearchPod.PASSWORD));
    }
    cluster.secret("slack", Map.of("token", SlackServer.TOKEN));
    cluster.volume(claim);
  }

  @AfterEach
  void cleanUp() {
    agent.uninstall();
    alerting.uninstall();
    cluster.close();
  }

  @Test
  void eachLineIsIndexedOnceAndABurstIsOneMessageThroughDeletionUpgradeAndMoves() throws Exception {
    try (SlackServer slack = SlackServer.start(reachableFromPods(), clock)) {
      List.of("shop-alerts", "metrics", "platform").forEach(slack::open);
      // The first release finds Elasticsearch by its environment, the second by its DNS name.
      agent.install(agentValues("info", null));
      alerting.install(alertingValues(slack, "info", null));
      for (Release release : List.of(agent, alerting)) {
        assertThat(release.log()).as("what the JVM says of the AOT cache").doesNotContain("[aot]");
      }
      workloads.startChatty();
      workloads.startCrashing();
      workloads.startFailing();
      lines.awaitAtLeast(CHATTY, 1_000);
      awaitFiring(slack);

      Pod secondAgent = agent.deletePod();
      Pod secondAlerting = alerting.deletePod();
      lines.awaitAtLeast(CHATTY, 2L * Workloads.LINES_PER_BURST);

      String byName = ElasticsearchPod.HEADLESS;
      agent.upgrade(agentValues("debug", byName));
      alerting.upgrade(alertingValues(slack, "debug", byName));
      agent.awaitAnother(secondAgent);
      alerting.awaitAnother(secondAlerting);
      int runs = assertEachLineOnce();
      agent.test();
      alerting.test();

      String following = moveElasticsearch() + ", " + movePrometheus();

      ownRulesHold(slack);
      assertOneMessage(slack, "shop-alerts", "FIRING 1 · CheckoutFails");
      workloads.delete("checkout");
      within(() -> assertOneMessage(slack, "shop-alerts", "RESOLVED · CheckoutFails"));
      assertOneMessage(slack, "metrics", "FIRING 1 · OursAreScraped");

      System.out.printf(
          "%,d lines of %d rotated files and %d runs of a crashing container, each indexed once;"
              + " one message for %d errors; a moved server was found again: %s%n%s%n",
          lines.count(CHATTY),
          rotatedFiles(),
          runs,
          lines.count("kubernetes.labels.app:checkout"),
          following,
          slack.view());
    }
    assertUninstallsClean();
  }

  private void awaitFiring(SlackServer slack) {
    within(() -> assertOneMessage(slack, "shop-alerts", "FIRING 1 · CheckoutFails"));
    within(() -> assertOneMessage(slack, "metrics", "FIRING 1 · OursAreScraped"));
    assertThat(slack.view("shop-alerts")).contains("payment refused by the bank");
  }

  private static void assertOneMessage(SlackServer slack, String channel, String heading) {
    List<SlackMessage> messages = slack.topLevel(channel);
    assertThat(messages).as(() -> slack.view(channel)).hasSize(1);
    assertThat(slack.view(channel)).contains(heading);
  }

  /// @return the runs of the container that crashed
  private int assertEachLineOnce() throws IOException {
    int chatty = Workloads.BURSTS * Workloads.LINES_PER_BURST;
    lines.awaitAtLeast(CHATTY, chatty);
    int crashes = workloads.crashes();
    lines.awaitAtLeast(
        "kubernetes.labels.app:crashing", (long) crashes * Workloads.LINES_PER_CRASH);
    workloads.delete("crashing");
    assertThat(rotatedFiles()).as("files that the kubelet rotated").isPositive();
    lines.assertEachLineOnce(chatty);
    assertThat(
            lines.count(
                CHATTY
                    + " AND kubernetes.deployment.name:chatty"
                    + " AND orchestrator.cluster.name:e2e AND container.id:*"))
        .as("documents with what the API server knows of the pod")
        .isEqualTo(chatty);
    assertThat(lines.count("NOT kubernetes.annotations.example.com\\/owner:platform"))
        .as("documents without the pod's annotation")
        .isZero();
    return lines.assertEachRunOnce(crashes);
  }

  /// Both find it again soon after the cluster's DNS has its new address.
  private String moveElasticsearch() throws Exception {
    ClusterDns dns = new ClusterDns(cluster, ElasticsearchPod.SERVICE);
    elasticsearch.move();
    String address = cluster.address(ElasticsearchPod.SERVICE);
    long told = dns.awaitAddress(ElasticsearchPod.HEADLESS, address);
    Instant then = clock.now();
    CompletableFuture<Duration> byAlerting =
        CompletableFuture.supplyAsync(
            () -> {
              status.awaitAnswered("shop", then);
              return Duration.ofNanos(clock.nanoTime() - told);
            },
            // The Kubernetes client needs the common pool, which has a single thread on two cores.
            Thread::startVirtualThread);
    // The failing container logs all the time.
    lines.awaitAtLeast("kubernetes.labels.app:checkout AND @timestamp:[" + then + " TO *]", 1);
    Duration byAgent = Duration.ofNanos(clock.nanoTime() - told);
    assertThat(byAgent)
        .as(() -> "Elasticsearch by the agent, told at " + then + ":\n" + agent.log())
        .isLessThan(FOLLOWED);
    assertThat(byAlerting.get(1, TimeUnit.MINUTES))
        .as("Elasticsearch by alerting")
        .isLessThan(FOLLOWED);
    return "Elasticsearch by the agent in %d ms, by alerting in %d ms"
        .formatted(byAgent.toMillis(), byAlerting.get().toMillis());
  }

  private String movePrometheus() throws InterruptedException {
    ClusterDns dns = new ClusterDns(cluster, ElasticsearchPod.SERVICE);
    prometheus.move();
    long told = dns.awaitAddress(PrometheusPod.SERVICE, cluster.address(PrometheusPod.SERVICE));
    status.awaitAnswered("metrics", clock.now());
    Duration following = Duration.ofNanos(clock.nanoTime() - told);
    assertThat(following).as("Prometheus by alerting").isLessThan(FOLLOWED);
    return "Prometheus in %d ms".formatted(following.toMillis());
  }

  /// Elasticsearch understands the log rules on ourselves, and one of them becomes a message when a
  /// pod that is called as our agent's, in its namespace, logs what the agent logs.
  private void ownRulesHold(SlackServer slack) throws IOException {
    status.awaitAnswered("longshore-logs", Instant.EPOCH);
    assertThat(status.rules("longshore-logs")).isEqualTo(9);
    workloads.say(
        cluster.namespace,
        "told-longshore-agent-again",
        "agent",
        """
        {"log.level":"WARN","message":"Elasticsearch refused a document; it goes to the dead letters"}""");
    within(
        () ->
            assertThat(slack.view("platform"))
                .contains("FIRING 1 · LongshoreLogsAgentDeadLetters"));
  }

  private void assertUninstallsClean() {
    agent.uninstall();
    alerting.uninstall();
    within(
        () -> {
          assertThat(agent.objects()).isEmpty();
          assertThat(alerting.objects()).isEmpty();
        });
    assertThat(cluster.nodeFolder("agent").resolve("buffer"))
        .as("what NOTES say is left on the node")
        .isDirectory();
    assertThat(
            cluster
                .kubernetes
                .persistentVolumeClaims()
                .inNamespace(cluster.namespace)
                .withName(claim)
                .get())
        .as("what NOTES say is left of alerting")
        .isNotNull();
  }

  /// @param service Elasticsearch's; without one its address is in the environment
  private String agentValues(String logLevel, @Nullable String service) {
    return """
    %s
    cluster: {name: e2e}
    elasticsearch:
      service: {%s}
      authentication: basic
      existingSecret: %s
    serviceLinks: %s
    config:
      tail:
        paths:
          - /var/log/pods/%s_*/*/*.log
          - /var/log/pods/%s_told-longshore-agent-*/*/*.log
      buffer:
        maxSize: 256MiB
      elasticsearch:
        dataStream: %s
        drainTimeout: 20s
    logLevel: %s
    state: {hostPath: %s}
    newerApis: false
    """
        .formatted(
            image(AGENT_IMAGE),
            named(service),
            ElasticsearchPod.AGENT,
            service == null,
            cluster.shop,
            cluster.namespace,
            dataStream,
            logLevel,
            cluster.nodeFolder("agent"));
  }

  private String alertingValues(SlackServer slack, String logLevel, @Nullable String service) {
    return """
    %1$s
    prometheus: {service: {name: %2$s}}
    elasticsearch:
      enabled: true
      service: {%3$s}
      authentication: basic
      existingSecret: %4$s
    serviceLinks: %8$s
    rules:
      shop.yaml:
        groups:
          - name: shop
            interval: 1s
            rules:
              - alert: CheckoutFails
                logs:
                  query: kubernetes.container.name:checkout AND log.level:error
                  index: %5$s
                  by: [kubernetes.namespace]
                  within: 20s
                  frequency: {num_events: 5}
                labels: {severity: page}
                annotations: {summary: "{{ $value }} errors in {{ $labels.namespace }}"}
          - name: metrics
            interval: 1s
            rules:
              - alert: OursAreScraped
                expr: count(up{job="longshore"} == 1) == 2
                keep_firing_for: 5m
                labels: {severity: info}
    routing:
      global: {slack_app_token_file: /etc/longshore/secrets/slack/token, slack_app_url: '%6$s'}
      route:
        receiver: shop
        group_by: [alertname]
        group_wait: 1s
        group_interval: 3s
        routes:
          - {matchers: ['alertname=~"Longshore.+"'], receiver: platform}
          - {matchers: [alertname=OursAreScraped], receiver: metrics}
      receivers:
        - name: shop
          slack_configs: [{channel: '#shop-alerts', send_resolved: true}]
        - name: metrics
          slack_configs: [{channel: '#metrics', send_resolved: true}]
        - name: platform
          slack_configs: [{channel: '#platform', send_resolved: true}]
    existingSecrets: [{name: slack, keys: [token]}]
    config:
      evaluation: {interval: 2s}
    logLevel: %7$s
    """
        .formatted(
            image(ALERTING_IMAGE),
            PrometheusPod.SERVICE,
            named(service),
            ElasticsearchPod.ALERTING,
            dataStream,
            slack.apiUrl(),
            logLevel,
            service == null);
  }

  private static String named(@Nullable String service) {
    return (service == null ? "" : "name: " + service + ", ") + "scheme: http";
  }

  private static String image(String image) {
    int colon = image.lastIndexOf(':');
    return "image: {repository: \"%s\", tag: \"%s\"}"
        .formatted(image.substring(0, colon), image.substring(colon + 1));
  }

  /// The address of this machine, the node, that packets to pods have as their sender.
  private InetSocketAddress reachableFromPods() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      InetAddress pod = InetAddress.getByName(cluster.address(ElasticsearchPod.SERVICE));
      socket.connect(pod, 9);
      return new InetSocketAddress(socket.getLocalAddress(), 0);
    }
  }

  private long rotatedFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("/var/log/pods"))) {
      return files
          .filter(it -> it.toString().contains(cluster.shop + "_"))
          .filter(it -> it.getFileName().toString().endsWith(".gz"))
          .count();
    }
  }

  private static void within(ThrowingRunnable check) {
    await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200)).untilAsserted(check);
  }
}
