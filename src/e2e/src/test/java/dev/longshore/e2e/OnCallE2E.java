package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.NodeReport;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.testkit.Browser;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.PrometheusStandIn;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What somebody on call does with alerting's page works in a real Chromium, and the page never
/// says what is not so.
@Tag("browser")
final class OnCallE2E extends OnCallPage {
  @Test
  void seesThatNothingFiresAndHowOldThatIs() throws Exception {
    show("");
    browser.await("main", "Nothing fires.");
    browser.await("#header", "0 firing");
    assertThat(browser.text("#header")).contains("1 of 1 source up", "0 messages wait", "as of ");
    browser.run(REFRESH);
    browser.await("main", "2 rules, last evaluated");
    assertThat(browser.run("return document.title").asText())
        .isEqualTo("Alerts · Longshore alerting");
  }

  @Test
  void followsAnAlertmanagersLinkFiltersByWordAndByLabelAndHandsTheAddressOn() throws Exception {
    post(
        alert("DiskFull", "critical", "db-0"),
        alert("QueueGrows", "warning", "cart-1"),
        alert("QueueGrows", "warning", "cart-2"));
    show("#/alerts?silenced=false&inhibited=false&filter=%7Balertname%3D%22QueueGrows%22%7D");
    browser.await("#found", "2 of 3 alerts");
    assertThat(browser.text("main")).doesNotContain("DiskFull");

    browser.clickIn("li.alert", "Filter by pod=cart-2");
    browser.await("#found", "1 of 3 alerts");
    browser.type("#filter", "db-0");
    browser.await("main", "DiskFull of db-0");
    assertThat(browser.url()).contains("q=db-0");
    browser.reload();
    browser.await("#found", "1 of 3 alerts");
    browser.type("#filter", "nobody has this");
    assertThat(browser.await("main", "Nothing of 3 matches this filter."))
        .doesNotContain("Nothing fires");
    browser.click("Clear the filter");
    browser.await("#found", "All 3 alerts");

    show("#/alerts?receiver=nobody");
    browser.await("main", "Nothing of 3 matches this filter.");
    show("#/settings");
    browser.await("h1", "There is no such page");
  }

  @Test
  void opensTheWorstOfFiveThousandAlertsWithoutStutter() throws Exception {
    for (int from = 0; from < 5000; from += 500) {
      post(
          IntStream.range(from, from + 500)
              .mapToObj(i -> alert("Alert" + i % 7, i % 97 == 0 ? "page" : "warning", "pod-" + i))
              .toArray(String[]::new));
    }
    show("");
    browser.await("#found", "All 5,000 alerts in 7 groups");
    assertThat(browser.run("return document.querySelectorAll('li.alert').length").asInt()).isZero();
    browser.clickIn("section.group", "Alert");
    browser.await("section.group", "Show more");
    assertThat(browser.text("section.group li.alert"))
        .contains("page", "Runbook", "Silence", "Why?");
    int shown = browser.run("return document.querySelectorAll('li.alert').length").asInt();
    assertThat(shown).isBetween(20, 200);
    // All of it is rendered within half a second, as the browser's own clock says.
    double millis =
        browser
            .run(
                """
                const field = document.getElementById('filter');
                const before = performance.now();
                dispatchEvent(new Event('routereplaced'));
                return performance.now() - before;
                """)
            .asDouble();
    assertThat(millis).isLessThan(500);
    browser.type("#filter", "pod-4999");
    browser.await("#found", "1 of 5,000 alerts");
  }

  @Test
  void readsWhyWithRuleExpressionDecisionsAndNextDecision() throws Exception {
    prometheus.answers(OnCallE2E::podsAreNotReady);
    show("");
    browser.await("main", "checkout-7d9f is not ready");
    assertThat(browser.text(".alert .actions")).startsWith("Runbook Dashboard");
    browser.click("Why?");
    browser.await("h1", "Why? PodNotReady");
    assertThat(browser.await("main", "because the group began to fire"))
        .contains("pod_ready == 0", "dock.yml", "Decisions, newest first", "next decision at");
    assertThat(browser.run("return document.querySelector('.chart[role=img]').ariaLabel").asText())
        .contains("firing for");
    assertThat(browser.run("return document.activeElement.localName").asText()).isEqualTo("h1");
  }

  @Test
  void silencesWithoutThePodTwiceClickedOnceMadeAndSeesByWhom() throws Exception {
    post(
        alert("QueueGrows", "warning", "cart-1"),
        alert("QueueGrows", "warning", "cart-2"),
        alert("DiskFull", "critical", "db-0"));
    show("");
    browser.await("main", "QueueGrows of cart-1");
    browser.clickIn("li.alert.rank3", "Silence");
    browser.await("main", "Covers 1 of 3 alerts");
    String pod = browser.text("main").contains("pod=\"cart-1\"") ? "cart-1" : "cart-2";
    browser.click("Drop pod=\"" + pod + "\"");
    browser.await("main", "Covers 2 of 3 alerts");
    browser.click("Silence");
    browser.await("main", "Fill in your name");
    browser.type("#by", "Ann");
    browser.type("#comment", "deploy of the shop");
    browser.run(
        """
        const button = document.querySelector('button[type=submit]');
        button.click();
        button.click();
        """);
    browser.await("main", "deploy of the shop");
    assertThat(silences("active")).hasSize(1);

    browser.click("Alerts");
    assertThat(browser.await("main", "Silenced by Ann until")).contains("deploy of the shop");
    browser.await("#header", "2 silenced");
    browser.clickIn(".because", "Silenced by Ann");
    browser.await("main", "Covers 2 alerts that fire now");
  }

  @Test
  void acknowledgesAGroupAndSeesByWhomUntilItIsEnded() throws Exception {
    post(alert("QueueGrows", "warning", "cart-1"));
    show("");
    browser.await("main", "QueueGrows of cart-1");
    browser.click("Acknowledge");
    browser.await("dialog", "It is not repeated then");
    browser.type("#ack-by", "Ann");
    browser.type("#ack-comment", "looking at the queue");
    browser.clickIn("dialog", "Acknowledge");
    assertThat(browser.await("main", "Acknowledged by Ann")).contains("looking at the queue");
    browser.await("section.group .fold", "acknowledged by Ann");

    browser.click("Why?");
    browser.await("main", "acknowledged by Ann until");
    browser.click("Alerts");
    browser.click("End the acknowledgement");
    browser.await("section.group .actions", "Acknowledge");
    assertThat(browser.text("main")).doesNotContain("Acknowledged by Ann");
  }

  @Test
  void extendsEditsEndsAndMakesASilenceAgain() throws Exception {
    post(alert("QueueGrows", "warning", "cart-1"));
    Instant ends = Instant.now().plus(Duration.ofHours(1));
    String id = silence("alertname", "QueueGrows", ends);
    show("#/silences/" + id);
    browser.await("main", "Covers 1 alert that fires now");
    browser.click("Extend by 1 h");
    browser.await("main", "(1 h 59 min left)");
    Instant extended = Instant.parse(silences("active").path(0).path("endsAt").asText());
    assertThat(Duration.between(ends, extended))
        .isCloseTo(Duration.ofHours(1), Duration.ofMillis(10));

    browser.click("Edit");
    browser.await("h1", "Edit the silence");
    browser.type("#comment", "deploy takes longer");
    browser.click("Save");
    browser.await("main", "deploy takes longer");
    assertThat(silences("active").path(0).path("id").asText()).isEqualTo(id);

    browser.click("End");
    browser.await("dialog", "1 alert that it covers fires now and will notify again.");
    browser.click("Cancel");
    assertThat(silences("active")).hasSize(1);
    browser.click("End");
    browser.click("End it");
    browser.await("main", "Ended ");
    assertThat(silences("active")).isEmpty();

    browser.click("Silences");
    browser.await("main", "No silence is active.");
    browser.click("Expired (1)");
    browser.click("Recreate");
    browser.await("h1", "New silence");
    browser.type("#by", "Ann");
    browser.click("Silence");
    browser.await("main", "Until ");
    assertThat(silences("active")).hasSize(1);
  }

  @Test
  void isAskedBeforeEverythingIsSilenced() throws Exception {
    post(alert("QueueGrows", "warning", "cart-1"), alert("DiskFull", "critical", "db-0"));
    show("#/silences/new?filter=%7Balertname%3D~%22.%2B%22%7D");
    browser.await("main", "Covers 2 of 2 alerts");
    browser.type("#by", "Ann");
    browser.type("#comment", "quiet, please");
    browser.click("Silence");
    assertThat(browser.await("dialog", "Silence all of this?"))
        .contains("nearly every alert", "alerts of Longshore itself");
    browser.press(Browser.ESCAPE);
    browser.awaitNo("body", "Silence all of this?");
    assertThat(silences("active")).isEmpty();
    browser.click("Silence");
    browser.click("Silence it");
    browser.await("main", "quiet, please");
    assertThat(silences("active")).hasSize(1);
  }

  @Test
  void seesWhatIsNotKnownWhileASourceIsAway() throws Exception {
    prometheus.answers(OnCallE2E::podsAreNotReady);
    show("");
    browser.await("main", "checkout-7d9f is not ready");
    prometheus.answers(_ -> new PrometheusStandIn.Reply(503, "upstream is away"));
    await()
        .atMost(AlertingHome.PATIENCE)
        .untilAsserted(
            () -> {
              browser.run(REFRESH);
              assertThat(browser.text("main")).contains("not known since");
            });
    assertThat(browser.await("#header", "Source main does not answer"))
        .contains("0 of 1 source up", "1 not known since", "none is resolved");
    show("#/alerts?filter=%7Balertname%3D%22Other%22%7D");
    browser.await("main", "matches this filter.");
  }

  @Test
  void readsByWhatAnAlertIsMutedOrInhibitedAndWhatIsPending() throws Exception {
    home.routing(
        """
        route:
          receiver: team
          group_by: [alertname]
          group_wait: 1s
          routes:
            - {matchers: ['alertname="BackupOld"'], receiver: team, mute_time_intervals: [always]}
        time_intervals: [{name: always, time_intervals: [{weekdays: ['sunday:saturday']}]}]
        inhibit_rules:
          - source_matchers: ['alertname="NodeDown"']
            target_matchers: ['severity="warning"']
            equal: [namespace]
        receivers: [{name: team, slack_configs: [{channel: '#team', api_url: '%s'}]}]
        """
            .formatted(home.slack.webhook("team")));
    alerting.post("/-/reload", "");
    prometheus.answers(
        question ->
            question.query().contains("api_seconds")
                ? PrometheusStandIn.Reply.vector(PrometheusStandIn.sample("3", "pod", "api-1"))
                : PrometheusStandIn.Reply.vector());
    post(
        alert("NodeDown", "page", "node-3"),
        alert("KubeletSlow", "warning", "node-3"),
        alert("BackupOld", "info", "db-0"));
    show("");
    browser.await("main", "Inhibited by NodeDown");
    assertThat(browser.await("main", "Muted for team by time interval always"))
        .contains("Firing since", "but inhibited", "but muted");
    assertThat(browser.await("#header", "1 pending"))
        .contains("1 page", "1 inhibited", "1 muted")
        .doesNotContain("1 warning", "1 info");

    browser.clickIn("#header", "1 pending");
    assertThat(browser.await("main", "Pending since")).contains("ApiSlow", "fires at");
    browser.clickIn("#header", "1 muted");
    browser.await("#found", "1 of 3 alerts");
    assertThat(browser.text("main")).contains("BackupOld").doesNotContain("NodeDown");
    browser.clickIn("#header", "1 page");
    browser.await("#found", "1 of 3 alerts");
  }

  @Test
  void isToldThatLongshoreIsAwayAndThatItIsBack() throws Exception {
    post(alert("DiskFull", "critical", "db-0"));
    show("");
    browser.await("main", "DiskFull of db-0");
    alerting.kill();
    browser.run(REFRESH);
    assertThat(browser.await("#header", "Longshore has not answered since"))
        .contains("what you see is from then");
    assertThat(browser.text("main")).contains("DiskFull of db-0");
    alerting = home.start(prometheus.url(), "");
    browser.run(REFRESH);
    browser.awaitNo("#header", "has not answered");
    show("");
    browser.await("main", "DiskFull of db-0");
  }

  @Test
  void keepsFocusAndSelectedTextOverARefresh() throws Exception {
    post(alert("DiskFull", "critical", "db-0"));
    show("");
    browser.await("main", "DiskFull of db-0");
    browser.run("[...document.querySelectorAll('a')].find(it => it.innerText === 'Why?').focus()");
    post(alert("OtherDown", "critical", "db-1"));
    browser.run(REFRESH);
    browser.await("main", "OtherDown");
    assertThat(browser.run("return document.activeElement.innerText").asText()).isEqualTo("Why?");

    browser.run(
        """
        const text = [...document.querySelectorAll('.alert .text')].find(it => it.innerText.includes('DiskFull'));
        getSelection().selectAllChildren(text);
        """);
    post(alert("ThirdDown", "critical", "db-2"));
    browser.run(REFRESH);
    browser.await("#header", "3 critical");
    assertThat(browser.run("return getSelection().toString()").asText())
        .isEqualTo("DiskFull of db-0");
    assertThat(browser.text("#header")).contains("not refreshed while text is selected");
    browser.run("getSelection().removeAllRanges()");
    browser.await("main", "ThirdDown");
  }

  @Test
  void seesARefusedNotificationWithItsReasonAndSendsADrill() throws Exception {
    home.slack.archive("team");
    post(alert("DiskFull", "critical", "db-0"));
    show("#/notifications");
    browser.await("main", "refused");
    browser.click("Rules");
    browser.await("main", "pod_ready == 0");
    browser.click("Drill");
    browser.await("dialog", "Send a drill of PodNotReady?");
    browser.click("Send the drill");
    browser.await("main", "The drill goes to team.");
  }

  @Test
  void seesWhichNodesAreSilentOrHeldUpAndGoesToTheirLines() throws Exception {
    String cluster = "fleet-" + UUID.randomUUID();
    alerting.kill();
    alerting =
        home.start(
            prometheus.url(),
            """
            elasticsearch: {urls: ["%s"], cluster: %s}
            kibana: {url: "https://kibana.example"}
            """
                .formatted(ElasticsearchServer.shared().url(), cluster));
    Instant now = Instant.now();
    try (Elastic elastic = new Elastic(ElasticsearchServer.shared().config(), Clock.system())) {
      NodeReports reports = new NodeReports(elastic);
      reports.put(report(cluster, "worker-1", now));
      reports.put(report(cluster, "worker-2", now.minus(Duration.ofMinutes(14))));
      reports.put(report(cluster, "worker-3", now, new NodeReport.Paused("below_min_free", 12)));
      elastic.request("POST", "/" + NodeReports.INDEX + "/_refresh", null);
    }
    show("#/fleet");
    await()
        .atMost(AlertingHome.PATIENCE)
        .untilAsserted(
            () -> {
              browser.run(REFRESH);
              assertThat(browser.text("main")).contains("worker-3");
            });

    assertThat(browser.text("main"))
        .contains("3 nodes; 2 need attention.")
        .contains("last heard 14 min ago", "12 files wait to be read: below min free")
        .contains("shop/checkout", "2:8f14e45fceea167a")
        .doesNotContain("null", "undefined", "NaN");
    assertThat(browser.text(".fleet tbody tr th")).startsWith("worker-2");
    assertThat(
            browser
                .run(
                    "return decodeURIComponent([...document.querySelectorAll('.fleet a')]"
                        + ".find(it => it.ariaLabel === 'Lines of worker-3 in Kibana').href)")
                .asText())
        .startsWith("https://kibana.example/app/r?l=DISCOVER_APP_LOCATOR")
        .contains("kubernetes.node.name", "worker-3");
  }

  private static NodeReport report(
      String cluster, String node, Instant published, NodeReport.Paused... paused) {
    NodeReport.Load load = new NodeReport.Load("shop", "checkout", 600_000, 6_000, 3);
    return new NodeReport(
        cluster,
        node,
        published,
        published,
        "0.1.0",
        "unknown",
        false,
        published,
        3,
        0,
        true,
        new NodeReport.Records(6_000, 600_000, 6_000, 0, 0, 0, 0),
        new NodeReport.Buffer(0, 0, 1 << 20, 1 << 30, 20L << 30, 100L << 30),
        0,
        List.of(),
        List.of(paused),
        List.of(),
        60,
        List.of(load),
        List.of(load),
        List.of(new NodeReport.NewError("2:8f14e45fceea167a", "shop", "checkout", published, 3)));
  }

  @Test
  void worksByKeyboardAndForAScreenReader() throws Exception {
    post(alert("DiskFull", "critical", "db-0"));
    for (String page :
        List.of("alerts", "silences/new", "rules", "fleet", "notifications", "status")) {
      show("#/" + page);
      browser.await("#header", "1 critical");
      assertThat(
              browser
                  .run(
                      """
                      const problems = [];
                      const shown = it => it.checkVisibility();
                      for (const it of document.querySelectorAll('input')) {
                        if (!it.labels.length) problems.push(`no label: ${it.id}`);
                      }
                      if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');
                      if (document.querySelectorAll('nav [aria-current=page]').length !== 1) problems.push('no current page');
                      for (const it of [...document.querySelectorAll('a, button')].filter(shown)) {
                        if (!(it.innerText || it.ariaLabel || '').trim()) problems.push(`no name: ${it.outerHTML}`);
                        const { width, height } = it.getBoundingClientRect();
                        if (!it.matches('.label, .skip, .meta a, h3 a') && (width < 44 || height < 44)) {
                          problems.push(`${width} x ${height}: ${it.outerHTML}`);
                        }
                      }
                      return problems;
                      """)
                  .toString())
          .as(page)
          .isEqualTo("[]");
    }
    show("");
    browser.await("main", "DiskFull of db-0");
    browser.press(Browser.TAB);
    assertThat(browser.run("return document.activeElement.innerText").asText())
        .isEqualTo("Skip to the content");
    browser.press(Browser.ENTER);
    assertThat(browser.run("return document.activeElement.id").asText()).isEqualTo("main");
    browser.press(Browser.TAB);
    assertThat(browser.run("return document.activeElement.id").asText()).isEqualTo("filter");
    browser.await("main", "DiskFull of db-0");
  }

  @Test
  void itsModulesKeepTheirPromises() throws Exception {
    show("");
    browser.await("main", "Nothing fires.");
    try (InputStream in = OnCallE2E.class.getResourceAsStream("page-modules.js")) {
      String script = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      JsonNode failures = browser.runAsync(script);
      assertThat(
              IntStream.range(0, failures.size())
                  .mapToObj(i -> failures.path(i).asText())
                  .collect(Collectors.joining("\n")))
          .isEmpty();
    }
  }
}
