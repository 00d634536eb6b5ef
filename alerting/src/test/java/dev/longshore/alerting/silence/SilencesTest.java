package dev.longshore.alerting.silence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A silence covers what it says for as long as it says, also over a restart, and its past is not
/// rewritten.
final class SilencesTest {
  private static final Labels POD = Labels.of("alertname", "PodDown", "pod", "checkout-7d9f");

  @TempDir Path dir;
  private final ManualClock clock = new ManualClock();
  private final List<Throwable> failures = new ArrayList<>();
  private final Loop loop = new Loop("test", clock, failures::add);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Database database;
  private Silences silences;
  private int changes;

  @BeforeEach
  void open() {
    database = Database.open(dir, List.of(SilenceStore.SCHEMA), clock);
    StateWriter state =
        new StateWriter(database, clock, loop, Runnable::run, new SimpleMeterRegistry());
    silences =
        new Silences(
            new SilenceStore(state),
            clock,
            loop,
            new Random(7),
            () -> changes++,
            new SilencesMetrics(registry));
    silences.start();
  }

  @AfterEach
  void close() {
    database.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void coversWhatMatchesUntilItEnds() {
    String id = silences.put(request("", "alertname=PodDown", 0, 10));
    assertThat(silences.silencing(POD, clock.now())).containsExactly(id);
    assertThat(silences.silencing(Labels.of("alertname", "DiskFull"), clock.now())).isEmpty();

    int before = changes;
    pass(Duration.ofMinutes(10));
    assertThat(silences.silencing(POD, clock.now())).isEmpty();
    assertThat(changes).isEqualTo(before + 1);
  }

  @Test
  void aPendingOneBeginsByItself() {
    silences.put(request("", "alertname=PodDown", 5, 10));
    assertThat(silences.silencing(POD, clock.now())).isEmpty();
    int before = changes;
    pass(Duration.ofMinutes(5));
    assertThat(silences.silencing(POD, clock.now())).hasSize(1);
    assertThat(changes).isEqualTo(before + 1);
  }

  @Test
  void coversByWhatALabelIsNot() {
    String id = silences.put(request("", "severity!=critical", 0, 10));
    assertThat(silences.silencing(POD, clock.now())).containsExactly(id);
  }

  @Test
  void whatWasLookedAtBeforeFollowsEveryChange() {
    assertThat(silences.silencing(POD, clock.now())).isEmpty();
    String first = silences.put(request("", "alertname=PodDown", 0, 10));
    String later = silences.put(request("", "alertname=~Pod.*", 5, 20));
    String other = silences.put(request("", "alertname=DiskFull", 0, 20));
    assertThat(silences.silencing(POD, clock.now())).containsExactly(first);
    pass(Duration.ofMinutes(6));
    assertThat(silences.silencing(POD, clock.now())).containsExactly(first, later);
    silences.expire(first);
    assertThat(silences.silencing(POD, clock.now())).containsExactly(later);
    assertThat(silences.silencing(Labels.of("alertname", "DiskFull"), clock.now()))
        .containsExactly(other);
    pass(Silences.RETENTION.plus(Duration.ofHours(1)));
    assertThat(silences.all()).isEmpty();
    assertThat(silences.silencing(POD, clock.now())).isEmpty();
  }

  @Test
  void isThereAfterARestart() {
    String id = silences.put(request("", "pod=~\"checkout.*\",\"my.label\"!=\"x\"", 0, 10));
    Silence before = silences.get(id);
    loop.runDue();
    close();
    open();
    assertThat(silences.get(id)).isEqualTo(before);
    assertThat(silences.silencing(POD, clock.now())).containsExactly(id);
  }

  @Test
  void anActiveOneIsProlongedInPlace() {
    String id = silences.put(request("", "alertname=PodDown", 0, 10));
    Instant start = silences.get(id).startsAt();
    pass(Duration.ofMinutes(1));
    SilenceRequest longer =
        new SilenceRequest(
            id,
            Matchers.parse("alertname=PodDown"),
            start,
            start.plusSeconds(3600),
            "operator",
            "maintenance",
            Map.of());
    assertThat(silences.put(longer)).isEqualTo(id);
    assertThat(silences.get(id).endsAt()).isEqualTo(start.plusSeconds(3600));
  }

  @Test
  void othersMatchersMakeANewOneAndEndTheOld() {
    String id = silences.put(request("", "alertname=PodDown", 0, 10));
    pass(Duration.ofMinutes(1));
    String other = silences.put(request(id, "alertname=DiskFull", 0, 10));
    assertThat(other).isNotEqualTo(id);
    assertThat(silences.get(id).state(clock.now())).isEqualTo(Silence.State.EXPIRED);
    assertThat(silences.silencing(POD, clock.now())).isEmpty();
  }

  @Test
  void expiringEndsItNow() {
    String id = silences.put(request("", "alertname=PodDown", 0, 10));
    pass(Duration.ofMinutes(1));
    silences.expire(id);
    assertThat(silences.silencing(POD, clock.now())).isEmpty();
    assertThat(silences.get(id).endsAt()).isEqualTo(clock.now());
    silences.expire(id);
  }

  @Test
  void expiringAPendingOneMeansItNeverBegan() {
    String id = silences.put(request("", "alertname=PodDown", 5, 10));
    silences.expire(id);
    pass(Duration.ofMinutes(6));
    assertThat(silences.silencing(POD, clock.now())).isEmpty();
  }

  @Test
  void isForgottenAfterTheRetention() {
    String id = silences.put(request("", "alertname=PodDown", 0, 10));
    pass(Silences.RETENTION.plus(Duration.ofMinutes(11)));
    silences.put(request("", "alertname=DiskFull", 0, 10));
    pass(Duration.ofMinutes(11));
    assertThatThrownBy(() -> silences.get(id))
        .isInstanceOf(NoSuchSilenceException.class)
        .hasMessageContaining(id);
    close();
    open();
    assertThat(silences.all()).hasSize(1);
  }

  @Test
  void refusesWhatWouldCoverEverythingOrNothing() {
    assertThatThrownBy(() -> silences.put(request("", "alertname=~\".*\"", 0, 10)))
        .hasMessageContaining("everything");
    assertThatThrownBy(() -> silences.put(request("", "alertname=PodDown", 10, 10)))
        .hasMessageContaining("not after the start");
    assertThatThrownBy(() -> silences.put(request("", "alertname=PodDown", -20, -10)))
        .hasMessageContaining("in the past");
    assertThatThrownBy(() -> silences.put(request("none", "alertname=PodDown", 0, 10)))
        .isInstanceOf(NoSuchSilenceException.class);
  }

  @Test
  void noMoreAreTakenThanThereIsRoomForAndThoseThatHaveEndedMakeRoom() {
    String longest = silences.put(request("", "alertname=Ended", 0, 1));
    String shortest = silences.put(request("", "alertname=EndedLater", 0, 2));
    for (int i = 2; i < Silences.MAX_SILENCES; i++) {
      silences.put(request("", "pod=pod-" + i, 0, 60));
    }
    assertThatThrownBy(() -> silences.put(request("", "alertname=PodDown", 0, 60)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 10000");
    assertThat(registry.get("longshore.silences.refused").counter().count()).isEqualTo(1);

    pass(Duration.ofMinutes(3));
    String id = silences.put(request("", "alertname=PodDown", 0, 60));
    assertThat(silences.silencing(POD, clock.now())).containsExactly(id);
    assertThat(silences.get(shortest).id()).isEqualTo(shortest);
    assertThatThrownBy(() -> silences.get(longest)).isInstanceOf(NoSuchSilenceException.class);
    assertThat(registry.get("longshore.silences.known").gauge().value())
        .isEqualTo(Silences.MAX_SILENCES);
    loop.runDue();
    close();
    open();
    assertThat(silences.all()).hasSize(Silences.MAX_SILENCES);
  }

  @Test
  void theirTextsAreNotLongerThanThereIsRoomFor() {
    String comment = "x".repeat(60_000);
    int taken = 0;
    while (taken < Silences.MAX_SILENCES) {
      try {
        silences.put(commented("", comment));
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("characters in all");
        break;
      }
      taken++;
    }
    assertThat(taken).isEqualTo(Silences.MAX_CHARACTERS / 60_000);

    Silence last = silences.all().getLast();
    silences.put(
        new SilenceRequest(
            last.id(),
            last.matchers(),
            last.startsAt(),
            last.endsAt(),
            last.createdBy(),
            "short",
            Map.of()));
    assertThat(silences.put(commented("", comment))).isNotEmpty();
  }

  @Test
  void eachIsComparedWithTheLabelsOfAnAlertOnce() {
    for (int i = 0; i < 400; i++) {
      silences.put(request("", "pod=~\"(a|b)+[0-9]*x" + i + "\"", 0, 60));
    }
    List<Labels> alerts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      alerts.add(Labels.of("alertname", "PodDown", "pod", "ab".repeat(20) + i));
    }
    long first = look(alerts);
    long second = look(alerts);
    long third = look(alerts);
    long later = Math.min(second, third);

    assertThat(later).as("nanoseconds of CPU, at first %d", first).isLessThan(first / 10);
  }

  /// What it takes to ask for each alert whether it is silenced.
  private long look(List<Labels> alerts) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    for (Labels alert : alerts) {
      assertThat(silences.silencing(alert, clock.now()).isEmpty()).isTrue();
    }
    return threads.getCurrentThreadCpuTime() - begin;
  }

  private SilenceRequest commented(String id, String comment) {
    return new SilenceRequest(
        id,
        Matchers.parse("alertname=PodDown"),
        clock.now(),
        clock.now().plus(Duration.ofHours(1)),
        "operator",
        comment,
        Map.of());
  }

  private void pass(Duration time) {
    clock.advance(time);
    loop.runDue();
  }

  private SilenceRequest request(String id, String matchers, int fromMinutes, int toMinutes) {
    return new SilenceRequest(
        id,
        Matchers.parse(matchers),
        clock.now().plus(Duration.ofMinutes(fromMinutes)),
        clock.now().plus(Duration.ofMinutes(toMinutes)),
        "operator",
        "maintenance",
        Map.of());
  }
}
