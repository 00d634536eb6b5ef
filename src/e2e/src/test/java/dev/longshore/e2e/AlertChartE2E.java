package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The chart of an alert's life is drawn under the page's policy, and shows what the table below it
/// says.
@Tag("browser")
final class AlertChartE2E extends OnCallPage {
  private static final String PENDING_THEN_FIRING =
      """
      groups:
        - name: shop
          interval: 1s
          rules: [{alert: PodNotReady, expr: pod_ready == 0, for: 2s, labels: {severity: page}}]
      """;

  /// By kind how many columns of pixels have its colour at half the height of the bar, and at the
  /// top; a notification may hide a decision of the same millisecond.
  private static final String LOOK =
      """
      const canvas = document.querySelector('.chart canvas');
      if (!canvas) return null;
      const context = canvas.getContext('2d');
      const row = y => context.getImageData(0, y, canvas.width, 1).data;
      const ratio = devicePixelRatio;
      const [top, bar] = [row(Math.round(10 * ratio)), row(Math.round(48 * ratio))];
      const count = (kind, data) => {
        const wanted = getComputedStyle(document.querySelector('.swatch.' + kind)).backgroundColor.match(/\\d+/g);
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (wanted.every((it, k) => Math.abs(it - data[i + k]) < 3) && data[i + 3] > 250) found++;
        }
        return found;
      };
      return {
        pending: count('pending', bar), firing: count('firing', bar),
        decision: count('decision', top), notification: count('notification', top),
        firingAtTop: count('firing', top), width: canvas.width, colour: getComputedStyle(document.querySelector('.swatch.firing')).backgroundColor,
      };
      """;

  @AfterEach
  void preferLight() throws Exception {
    browser.prefers("light");
  }

  private void openTheChart() throws Exception {
    home.rules(PENDING_THEN_FIRING);
    alerting.post("/-/reload", "");
    prometheus.answers(OnCallPage::podsAreNotReady);
    show("#/why?alert=PodNotReady");
    await()
        .atMost(AlertingHome.PATIENCE)
        .untilAsserted(
            () -> {
              browser.run(REFRESH);
              assertThat(browser.text("main .decisions")).contains("notify");
              assertThat(browser.run(LOOK).path("notification").asInt()).isPositive();
            });
  }

  @Test
  void showsHowLongItWasPendingAndFiringAndEachDecision() throws Exception {
    openTheChart();
    for (String scheme : List.of("light", "dark")) {
      browser.prefers(scheme);
      // The chart is drawn in the other colours in the next frame.
      await()
          .atMost(AlertingHome.PATIENCE)
          .untilAsserted(
              () -> {
                JsonNode look = browser.run(LOOK);
                assertThat(look.path("pending").asInt() + look.path("firing").asInt())
                    .as("%s %s", scheme, look)
                    .isGreaterThan(look.path("width").asInt() * 4 / 5);
                assertThat(look.path("pending").asInt()).isGreaterThan(20);
                assertThat(look.path("firing").asInt()).isGreaterThan(20);
                assertThat(look.path("firingAtTop").asInt()).isZero();
                assertThat(look.path("decision").asInt()).isBetween(2, 60);
                assertThat(look.path("notification").asInt()).isBetween(2, 60);
              });
    }
  }

  @Test
  void saysWhatWasDecidedWhereSomebodyPointsAndKeepsToItsPartOfThePage() throws Exception {
    openTheChart();
    // The pointer takes the nearest time: the last one is now.
    browser.point(".chart .u-over", 0.999);
    assertThat(browser.await(".readout", "firing")).containsPattern("\\d\\d:\\d\\d:\\d\\d firing");
    browser.point(".chart .u-over", 0.001);
    browser.await(".readout", "pending");
    browser.run("document.querySelector('.decisions').scrollIntoView()");
    assertThat(browser.run("return document.querySelectorAll('.chart .uplot').length").asInt())
        .isEqualTo(1);
    browser.run(REFRESH);
    assertThat(
            browser
                .run(
                    "const it = document.querySelector('.chart');"
                        + "return it.scrollHeight - it.clientHeight")
                .asInt())
        .isZero();
  }
}
