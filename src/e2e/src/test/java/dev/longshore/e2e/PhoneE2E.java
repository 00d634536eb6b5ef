package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.Browser;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Somebody who was woken reads alerting's page on a phone: nothing is cut off, everything is large
/// enough for a finger, and what fires is on the first screen.
@Tag("browser")
final class PhoneE2E extends OnCallPage {
  private static final int WIDTH = 390;
  private static final int HEIGHT = 844;

  private static final List<String> PAGES =
      List.of("alerts", "silences", "silences/new", "rules", "fleet", "notifications", "status");

  @TempDir Path phoneDir;
  private Browser phone;

  @BeforeEach
  void takePhone() throws Exception {
    phone = Browser.start(phoneDir, WIDTH, HEIGHT);
  }

  @AfterEach
  void layPhoneDown() throws Exception {
    try {
      assertThat(phone.complaints()).isEmpty();
    } finally {
      phone.close();
    }
  }

  private void showOnPhone(String hash) throws Exception {
    phone.open("about:blank");
    phone.open(home.api() + "/#/" + hash);
  }

  @Test
  void noPageIsWiderThanThePhone() throws Exception {
    post(alert("DiskFull", "critical", "database-with-a-very-long-name-" + "x".repeat(60)));
    silence(
        "namespace",
        "a-namespace-with-a-very-long-name-" + "y".repeat(60),
        Instant.now().plus(Duration.ofHours(1)));
    for (String page : PAGES) {
      showOnPhone(page);
      phone.await("#header", "1 critical");
      int over = phone.run("return document.documentElement.scrollWidth - innerWidth").asInt();
      assertThat(over).as(page).isLessThanOrEqualTo(0);
    }
  }

  @Test
  void everyTargetIsLargeEnoughForAFinger() throws Exception {
    post(alert("DiskFull", "critical", "db-0"), alert("DiskFull", "critical", "db-1"));
    silence("pod", "db-1", Instant.now().plus(Duration.ofHours(1)));
    for (String page : PAGES) {
      showOnPhone(page);
      phone.await("#header", "1 critical");
      assertThat(
              phone
                  .run(
                      """
                      return [...document.querySelectorAll('a, button, input')]
                        .filter(it => it.checkVisibility({contentVisibilityAuto: true}) && !it.matches('.skip'))
                        .map(it => [it.innerText || it.id, it.getBoundingClientRect()])
                        .filter(([, {width, height}]) => width < 44 || height < 44)
                        .map(([name, {width, height}]) => `${name}: ${width} x ${height}`);
                      """)
                  .toString())
          .as(page)
          .isEqualTo("[]");
    }
  }

  @Test
  void theFirstAlertIsOnTheFirstScreenThoughASourceIsDown() throws Exception {
    home.slack.archive("team");
    post(
        alert("DiskFull", "critical", "db-0"),
        alert("QueueGrows", "warning", "cart-1"),
        alert("BackupOld", "info", "db-1"));
    silence("pod", "cart-1", Instant.now().plus(Duration.ofHours(1)));
    prometheus.close();
    showOnPhone("alerts");
    phone.await("#header", "Source main does not answer");
    assertThat(
            phone
                .run(
                    "return document.querySelector('section.group h2').getBoundingClientRect().bottom")
                .asInt())
        .isLessThan(HEIGHT);
    assertThat(phone.run("return document.querySelector('nav').clientHeight").asInt())
        .as("the pages are named in one row")
        .isLessThan(60);
  }
}
