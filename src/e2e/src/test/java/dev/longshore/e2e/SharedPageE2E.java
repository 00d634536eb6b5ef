package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.testkit.Browser;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Alerting's page where others work on the same alerts and silences, follow links of messages, and
/// where labels hold whatever labels can hold.
@Tag("browser")
final class SharedPageE2E extends OnCallPage {
  private static final Duration HOUR = Duration.ofHours(1);

  /// Changes a silence as another person's page does.
  private void change(String id, Instant ends) throws IOException {
    ObjectNode silence = (ObjectNode) JSON.readTree(alerting.get("/api/v2/silence/" + id));
    silence.put("endsAt", ends.toString());
    alerting.post("/api/v2/silences", silence.toString());
  }

  private JsonNode silence(String id) throws IOException {
    return JSON.readTree(alerting.get("/api/v2/silence/" + id));
  }

  private void end(String id) throws IOException, InterruptedException {
    browser.runAsync(
        "return (await fetch('api/v2/silence/%s', { method: 'DELETE' })).status".formatted(id));
  }

  @Test
  void changingTheCommentOfASilenceMovesNeitherItsEndNorOnesOwnName() throws Exception {
    Instant ends = Instant.now().plus(HOUR).plusSeconds(40);
    String id = silence("alertname", "QueueGrows", ends);
    String end = silence(id).path("endsAt").asText();
    show("#/silences/" + id + "/edit");
    browser.await("h1", "Edit the silence");
    browser.run("localStorage.setItem('by', 'Ann')");
    browser.type("#comment", "deploy takes longer");
    browser.click("Save");
    browser.await("main", "deploy takes longer");

    assertThat(silence(id).path("endsAt").asText()).isEqualTo(end);
    assertThat(silence(id).path("createdBy").asText()).isEqualTo("Bob");
    show("#/silences/new");
    browser.await("h1", "New silence");
    assertThat(browser.run("return document.getElementById('by').value").asText()).isEqualTo("Ann");
  }

  @Test
  void isToldWhatOthersDidWithASilenceBeforeItIsSaved() throws Exception {
    String id = silence("alertname", "QueueGrows", Instant.now().plus(HOUR));
    show("#/silences/" + id + "/edit");
    browser.await("h1", "Edit the silence");
    browser.type("#comment", "deploy takes longer");
    change(id, Instant.now().plus(HOUR.multipliedBy(4)));
    browser.click("Save");
    browser.await("dialog", "Somebody has changed the silence since you opened it");
    browser.press(Browser.ESCAPE);
    browser.awaitNo("body", "Save this all the same?");
    assertThat(silence(id).path("comment").asText()).isEqualTo("deploy");

    end(id);
    browser.click("Save");
    browser.await("dialog", "The silence was ended meanwhile. Saving makes a new one.");
    browser.press(Browser.ESCAPE);
    assertThat(silences("active")).isEmpty();
  }

  @Test
  void doesNotMakeASilenceAgainThatSomebodyHasEnded() throws Exception {
    String id = silence("alertname", "QueueGrows", Instant.now().plus(HOUR));
    show("#/silences/" + id);
    browser.await("main", "Extend by 1 h");
    end(id);
    browser.click("Extend by 1 h");
    browser.await("main", "It was ended meanwhile.");
    assertThat(silences("active")).isEmpty();
  }

  @Test
  void aBeginThatIsNotCompleteIsNotAtOnce() throws Exception {
    show("#/silences/new?filter=%7Balertname%3D%22QueueGrows%22%7D");
    browser.await("h1", "New silence");
    browser.type("#by", "Ann");
    browser.type("#comment", "deploy");
    browser.run("document.getElementById('starts').focus()");
    browser.press("12");
    browser.click("Silence");
    browser.await("main", "Begins: the date or the time is not complete.");
    assertThat(silences("active")).isEmpty();
  }

  @Test
  void silencesAnAlertWhateverItsLabelsHold() throws Exception {
    post(
        """
        {"labels": {"alertname": "Strange", "path": "C:\\\\temp\\\\new \\"x\\"", "text": "a\\tb\\nc",
                    "app.kubernetes.io/name": "\\u202eshop", "none": "שלום-1"}}""");
    show("");
    browser.await("main", "Strange");
    browser.clickIn("li.alert", "Silence");
    browser.await("main", "Covers 1 of 1 alert");
    browser.reload();
    browser.await("main", "Covers 1 of 1 alert");

    show("#/alerts?filter=%7Bpath%3D~%22.*temp%5C%5C%5C%5Cnew.*%22%7D");
    browser.await("#found", "1 alert");
    browser.type("#filter", "none=~\"\\D+-\\d\"");
    browser.await("#found", "1 alert");
    browser.type("#filter", "none=~\"\\d+\"");
    browser.await("main", "Nothing of 1 matches this filter.");
    browser.click("Clear the filter");
    browser.await("#found", "1 alert");
    assertThat(browser.run("return document.activeElement.id").asText()).isEqualTo("filter");
    assertThat(browser.run("return document.activeElement.value").asText()).isEmpty();
  }

  @Test
  void followsTheLinkOfAMessageToAReceiverWhoseNameIsNoExpression() throws Exception {
    home.routing(
        """
        route: {receiver: 'C++ team (prod)', group_by: [alertname], group_wait: 1s}
        receivers: [{name: 'C++ team (prod)', slack_configs: [{channel: '#team', api_url: '%s'}]}]
        """
            .formatted(home.slack.webhook("team")));
    alerting.post("/-/reload", "");
    post(alert("QueueGrows", "warning", "cart-1"));
    show("#/alerts?receiver=C%2B%2B+team+%28prod%29");
    browser.await("main", "QueueGrows of cart-1");
  }

  @Test
  void seesTheAlertsOfASeverityHoweverItIsWritten() throws Exception {
    post(alert("DiskFull", "Critical", "db-0"), alert("DiskSlow", "critical", "db-1"));
    show("");
    browser.clickIn("#header", "2 critical");
    browser.await("main", "DiskFull of db-0");
    browser.await("main", "DiskSlow of db-1");
  }

  @Test
  void followsALinkThatStandsWithinAText() throws Exception {
    post(
        """
        {"labels": {"alertname": "DiskFull"},
         "annotations": {"description": "see https://wiki.example/disk(1), then call"}}""");
    show("");
    browser.await("main", "then call");
    assertThat(browser.run("return document.querySelector('.alert .text a').href").asText())
        .isEqualTo("https://wiki.example/disk(1)");
  }

  @Test
  void comesBackToWhereTheListWas() throws Exception {
    post(
        IntStream.range(0, 12)
            .mapToObj(i -> alert("QueueGrows" + i, "warning", "cart-" + i))
            .toArray(String[]::new));
    show("");
    browser.await("#found", "All 12 alerts");
    browser.run("scrollTo(0, 1000)");
    browser.await("main", "QueueGrows7 of cart-7");
    browser.run(
        "[...document.querySelectorAll('.alert a')].findLast(it => it.innerText === 'Why?').click()");
    browser.await("h1", "Why? QueueGrows");
    assertThat(browser.run("return scrollY").asInt()).isZero();
    browser.run("history.back()");
    browser.await("h1", "Alerts");
    // About: how high what is above the screen is, the browser guesses until it is shown again.
    assertThat(browser.run("return scrollY").asInt()).isGreaterThan(400);
  }
}
