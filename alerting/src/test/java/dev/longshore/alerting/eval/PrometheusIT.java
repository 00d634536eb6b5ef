package dev.longshore.alerting.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.metrics.PrometheusSource;
import dev.longshore.alerting.metrics.RangeAnswer;
import dev.longshore.alerting.metrics.Series;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.alerting.state.Alerts;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.AlertsMetrics;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.DecisionLog;
import dev.longshore.alerting.state.InternalAlerts;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.PrometheusServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prometheus and Longshore evaluate the same rules and come to the same states; and when
/// Prometheus is gone, Longshore keeps what it knew.
@Tag("prometheus")
final class PrometheusIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String RULES =
      """
      groups:
        - name: dock
          interval: 1s
          rules:
            - alert: PodNotReady
              expr: pod_ready == 0
              labels: {severity: page}
              annotations: {summary: pods are down}
            - alert: PodNotReadyForLong
              expr: pod_ready == 0
              for: 3s
              labels: {severity: page}
              annotations: {summary: pods are down}
            - alert: PodNotReadyLately
              expr: pod_ready == 0
              keep_firing_for: 5s
              labels: {severity: page}
              annotations: {summary: pods are down}
            - alert: ManyToMany
              expr: pod_ready / on (nothing) group_left pod_ready
              labels: {severity: page}
              annotations: {summary: pods are down}
      """;

  private static final RuleGroup GROUP =
      new RuleGroup(
          "dock",
          "rules.yml",
          Duration.ofSeconds(1),
          0,
          null,
          Map.of(),
          List.of(
              EvalRig.rule("PodNotReady", "pod_ready == 0", Duration.ZERO),
              EvalRig.rule("PodNotReadyForLong", "pod_ready == 0", Duration.ofSeconds(3)),
              EvalRig.rule(
                  "PodNotReadyLately", "pod_ready == 0", Duration.ZERO, Duration.ofSeconds(5)),
              EvalRig.rule(
                  "ManyToMany", "pod_ready / on (nothing) group_left pod_ready", Duration.ZERO)));

  private final PrometheusServer prometheus;
  private final PrometheusSource source;
  private final Database database;
  private final Loop loop;
  private final Alerts alerts;
  private final Evaluator evaluator;
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  PrometheusIT(@TempDir Path dir) throws IOException {
    Path rules = Files.writeString(dir.resolve("rules.yml"), RULES);
    prometheus = PrometheusServer.start(dir, List.of(rules), List.of());
    Clock clock = Clock.system();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    source = new PrometheusSource(PrometheusConfig.of("main", prometheus.url()), clock, executor);
    database =
        Database.open(
            dir.resolve("state"),
            List.of(Evaluator.SCHEMA, Alerts.SCHEMA, DecisionLog.SCHEMA),
            clock);
    loop = new Loop("alerting", clock, failures::add);
    StateWriter state = new StateWriter(database, clock, loop, executor, registry);
    DecisionLog decisions = new DecisionLog(state, clock, loop, 100, 1000);
    alerts =
        new Alerts(
            AlertsConfig.defaults(), state, clock, loop, decisions, new AlertsMetrics(registry));
    evaluator =
        new Evaluator(
            EvalConfig.defaults(),
            Sources.of(source),
            clock,
            loop,
            executor,
            alerts,
            decisions,
            state,
            new EvalMetrics(registry));
  }

  @AfterEach
  void close() {
    loop.close();
    source.close();
    database.close();
    prometheus.close();
    executor.shutdownNow();
    assertThat(failures).isEmpty();
  }

  @Test
  void aChartIsOfTheSeriesThatTheAlertIsAbout() throws Exception {
    prometheus.set("pod_ready{pod=\"cart$1\"}", 1);
    prometheus.set("pod_ready{pod=\"checkout\"}", 1);
    prometheus.set("pod_ready{pod=\"search\"}", 1);
    await().atMost(PATIENCE).until(() -> ranged("pod_ready") == 3);
    prometheus.set("pod_ready{pod=\"cart$1\"}", 0);
    prometheus.set("pod_ready{pod=\"checkout\"}", 0);
    begin();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(loop.call(() -> List.copyOf(alerts.all())))
                    .filteredOn(it -> it.name().equals("PodNotReady"))
                    .hasSize(2)
                    .allSatisfy(
                        it ->
                            assertThat(it.evidence().facts())
                                .filteredOn(fact -> fact.name().equals(Evidence.CHART))
                                .singleElement()
                                .extracting(Evidence.Fact::text)
                                .asString()
                                .endsWith(" in 1h, true when == 0")));
  }

  private int ranged(String expression) {
    Instant now = Instant.now();
    return source.range(expression, now.minusSeconds(10), now, Duration.ofSeconds(1))
            instanceof RangeAnswer.Found(List<Series> series)
        ? series.size()
        : 0;
  }

  @Test
  void bothAgreeWhileAPodFailsForLongAndAnotherForAMoment() throws Exception {
    prometheus.set("pod_ready{pod=\"cart\"}", 1);
    prometheus.set("pod_ready{pod=\"web\"}", 1);
    begin();

    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    bothCome("PodNotReady/cart/firing");
    bothCome("PodNotReadyForLong/cart/pending");
    bothCome("PodNotReadyForLong/cart/firing");
    bothCome("PodNotReadyLately/cart/firing");

    prometheus.set("pod_ready{pod=\"web\"}", 0);
    bothCome("PodNotReadyForLong/web/pending");
    prometheus.set("pod_ready{pod=\"web\"}", 1);
    bothAre(
        "PodNotReady/cart/firing",
        "PodNotReadyForLong/cart/firing",
        "PodNotReadyLately/cart/firing",
        "PodNotReadyLately/web/firing");

    assertThat(ours("ManyToMany").health()).isEqualTo("err");
    assertThat(theirs("ManyToMany").get("health").asText()).isEqualTo("err");
    assertThat(ours("ManyToMany").lastError()).contains("many-to-many matching not allowed");

    prometheus.remove("pod_ready{pod=\"cart\"}");
    prometheus.remove("pod_ready{pod=\"web\"}");
    bothAre();
  }

  @Test
  void nothingIsResolvedWhilePrometheusIsGone() throws Exception {
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    begin();
    bothCome("PodNotReady/cart/firing");
    bothCome("PodNotReadyForLong/cart/firing");
    List<Alert> before = firing("PodNotReady");

    prometheus.stop();
    await().atMost(PATIENCE).until(() -> !firing(InternalAlerts.SOURCE_DOWN).isEmpty());
    assertThat(firing("PodNotReady")).hasSize(1);
    assertThat(firing("PodNotReadyForLong")).hasSize(1);
    assertThat(firing("PodNotReady").getFirst().startsAt()).isEqualTo(before.getFirst().startsAt());
    assertThat(firing(InternalAlerts.SOURCE_DOWN)).hasSize(1);

    prometheus.start();
    await().atMost(PATIENCE).until(() -> firing(InternalAlerts.SOURCE_DOWN).isEmpty());
    assertThat(firing("PodNotReady").getFirst().startsAt()).isEqualTo(before.getFirst().startsAt());
  }

  private void begin() throws Exception {
    await()
        .atMost(PATIENCE)
        .until(() -> prometheus.get("/api/v1/query?query=pod_ready").contains("cart"));
    loop.start();
    loop.call(
        () -> {
          alerts.start();
          evaluator.start(List.of(GROUP), _ -> false, List.copyOf(alerts.all()));
          return true;
        });
  }

  private void bothCome(String state) {
    await().atMost(PATIENCE).until(() -> ourStates().contains(state));
    await().atMost(PATIENCE).until(() -> theirStates().contains(state));
  }

  private void bothAre(String... states) {
    Set<String> expected = Set.of(states);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(ourStates()).isEqualTo(expected);
              assertThat(theirStates()).isEqualTo(expected);
            });
  }

  private Set<String> theirStates() throws IOException {
    Set<String> states = new TreeSet<>();
    for (JsonNode alert : JSON.readTree(prometheus.get("/api/v1/alerts")).at("/data/alerts")) {
      JsonNode labels = alert.get("labels");
      states.add(
          labels.get("alertname").asText()
              + "/"
              + labels.path("pod").asText()
              + "/"
              + alert.get("state").asText());
    }
    return states;
  }

  private Set<String> ourStates() throws Exception {
    return loop.call(
        () -> {
          Set<String> states = new TreeSet<>();
          for (RuleGroupView group : evaluator.groups()) {
            for (RuleGroupView.RuleView rule : group.rules()) {
              ((RuleGroupView.AlertingRuleView) rule)
                  .alerts()
                  .forEach(
                      it ->
                          states.add(
                              rule.name() + "/" + it.labels().get("pod") + "/" + it.state()));
            }
          }
          return states;
        });
  }

  private JsonNode theirs(String rule) throws IOException {
    for (JsonNode group : JSON.readTree(prometheus.get("/api/v1/rules")).at("/data/groups")) {
      for (JsonNode candidate : group.get("rules")) {
        if (candidate.get("name").asText().equals(rule)) {
          return candidate;
        }
      }
    }
    throw new AssertionError("Prometheus has no rule " + rule);
  }

  private RuleGroupView.AlertingRuleView ours(String rule) throws Exception {
    return loop.call(
        () ->
            evaluator.groups().getFirst().rules().stream()
                .filter(it -> it.name().equals(rule))
                .map(RuleGroupView.AlertingRuleView.class::cast)
                .findFirst()
                .orElseThrow());
  }

  private List<Alert> firing(String name) throws Exception {
    return loop.call(
        () ->
            alerts.all().stream()
                .filter(it -> it.name().equals(name) && it.endsAt() == null)
                .toList());
  }
}
