package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.Browser;
import dev.longshore.testkit.PrometheusStandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Alerting's page in a real Chromium, for the tests of what people do there: one browser for a
/// class, one alerting and one Prometheus for a test, and after each no complaint of the browser.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnCallPage {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final String RULES =
      """
      groups:
        - name: shop
          interval: 1s
          rules:
            - alert: PodNotReady
              expr: pod_ready == 0
              labels: {severity: page}
              annotations:
                summary: "{{ $labels.pod }} is not ready"
                dashboard: https://grafana.example/d/pods
                runbook_url: https://runbooks.example/PodNotReady
            - alert: ApiSlow
              expr: api_seconds > 2
              for: 1h
              labels: {severity: warning}
      """;

  /// Asks for everything anew, as the page does when it comes to the foreground.
  static final String REFRESH = "document.dispatchEvent(new Event('visibilitychange'))";

  // Of the class and not static: classes that extend this one run side by side.
  Browser browser;

  @TempDir Path dir;
  AlertingHome home;
  AlertingProcess alerting;
  PrometheusStandIn prometheus;

  @BeforeAll
  void openBrowser(@TempDir Path browserDir) throws Exception {
    browser = Browser.start(browserDir, 1440, 900);
  }

  @AfterAll
  void closeBrowser() {
    browser.close();
  }

  @BeforeEach
  void open() throws Exception {
    prometheus = PrometheusStandIn.start(OnCallPage::nothing);
    home = new AlertingHome(dir.resolve("home"));
    home.rules(RULES);
    alerting = home.start(prometheus.url(), "");
  }

  @AfterEach
  void close() throws Exception {
    try {
      assertThat(browser.complaints()).isEmpty();
    } finally {
      home.close();
      prometheus.close();
    }
  }

  private static PrometheusStandIn.Reply nothing(PrometheusStandIn.Question question) {
    return PrometheusStandIn.Reply.vector();
  }

  static PrometheusStandIn.Reply podsAreNotReady(PrometheusStandIn.Question question) {
    return question.query().contains("pod_ready")
        ? PrometheusStandIn.Reply.vector(
            PrometheusStandIn.sample("0", "pod", "checkout-7d9f", "namespace", "shop"))
        : PrometheusStandIn.Reply.vector();
  }

  final void show(String hash) throws IOException, InterruptedException {
    // Only another document is loaded anew; another part behind the # is a step within one.
    browser.open("about:blank");
    browser.open(home.api() + "/" + hash);
  }

  final void post(String... alerts) throws IOException {
    alerting.post("/api/v2/alerts", "[" + String.join(",", alerts) + "]");
  }

  static String alert(String name, String severity, String pod) {
    return """
    {"labels": {"alertname": "%s", "severity": "%s", "namespace": "shop", "pod": "%s"},
     "annotations": {"summary": "%s of %s", "runbook_url": "https://runbooks.example/%s"}}"""
        .formatted(name, severity, pod, name, pod, name);
  }

  final JsonNode silences(String state) throws IOException {
    var found = JSON.createArrayNode();
    for (JsonNode silence : JSON.readTree(alerting.get("/api/v2/silences"))) {
      if (silence.path("status").path("state").asText().equals(state)) {
        found.add(silence);
      }
    }
    return found;
  }

  final String silence(String name, String value, Instant ends) throws IOException {
    return JSON.readTree(
            alerting.post(
                "/api/v2/silences",
                """
                {"matchers": [{"name": "%s", "value": "%s", "isRegex": false, "isEqual": true}],
                 "startsAt": "%s", "endsAt": "%s", "createdBy": "Bob", "comment": "deploy"}
                """
                    .formatted(name, value, Instant.now(), ends)))
        .path("silenceID")
        .asText();
  }
}
