package dev.longshore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/// What a loop owns is touched by one thread, in order, at its time; in virtual time as in real.
final class LoopTest {
  private final ManualClock clock = new ManualClock();
  private final List<String> seen = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final Loop loop = new Loop("test", clock, failures::add);

  @Test
  void timersRunInTheOrderOfTheirTimes() {
    loop.in(Duration.ofSeconds(2), () -> seen.add("second"));
    loop.in(Duration.ofSeconds(1), () -> seen.add("first"));
    loop.in(Duration.ofSeconds(2), () -> seen.add("third"));

    loop.runDue();
    assertThat(seen).isEmpty();
    clock.advance(Duration.ofSeconds(2));
    loop.runDue();

    assertThat(seen).containsExactly("first", "second", "third");
    assertThat(loop.nextDue()).isNull();
  }

  @Test
  void aWallClockThatJumpsChangesNoTimerAndIsToldOnce() {
    List<Duration> jumps = new ArrayList<>();
    loop.onClockJump(jumps::add);
    loop.in(Duration.ofSeconds(5), () -> seen.add("in"));
    loop.at(clock.now().plusSeconds(5), () -> seen.add("at"));
    clock.jumpWallClock(Duration.ofMinutes(-10));
    loop.runDue();
    loop.runDue();
    assertThat(jumps).containsExactly(Duration.ofMinutes(-10));

    clock.advance(Duration.ofSeconds(4));
    clock.jumpWallClock(Duration.ofHours(1));
    loop.runDue();
    assertThat(seen).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    loop.runDue();
    assertThat(seen).containsExactly("in", "at");
    assertThat(jumps).last().isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aTaskThatThrowsEndsNothingAndAnErrorEndsTheProcessOfItsSupervisor() throws Exception {
    RecordedExit exit = new RecordedExit();
    Supervisor supervisor = new Supervisor(Clock.system(), exit);
    Loop supervised = new Loop("test", Clock.system(), failures::add);
    SupervisedThread thread = supervisor.platform("test", Duration.ofMinutes(1), supervised::run);
    supervised.onTurn(thread::turned);
    supervised.start(thread::start);

    supervised.execute(
        () -> {
          throw new IllegalStateException("a fault of one task");
        });
    assertThat(supervised.<String>call(() -> "goes on")).isEqualTo("goes on");
    assertThat(failures).hasSize(1);
    assertThat(exit.codes()).isEmpty();

    supervised.execute(
        () -> {
          throw new NoClassDefFoundError("a jar that is gone");
        });
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(exit.codes()).containsExactly(Supervisor.EXIT_CODE);
    supervisor.close();
  }

  @Test
  void turnsAreReportedAfterEachTask() {
    loop.onTurn(() -> seen.add("turn"));
    loop.execute(() -> seen.add("task"));
    loop.runDue();
    assertThat(seen).containsExactly("task", "turn");
  }

  @Test
  void aTimerOfTheEndOfTimeIsFarAwayAndNoFault() {
    loop.at(Instant.MAX, () -> seen.add("never"));
    loop.at(Instant.MIN, () -> seen.add("at once"));
    loop.runDue();
    assertThat(seen).containsExactly("at once");
  }

  @Test
  void aTimerThatWasTakenBackDoesNotRun() {
    Loop.Timer timer = loop.in(Duration.ofSeconds(1), () -> seen.add("never"));
    timer.cancel();
    assertThat(loop.nextDue()).isNull();
    clock.advance(Duration.ofSeconds(2));
    assertThat(loop.runDue()).isZero();
  }

  @Test
  void aTaskThatThrowsDoesNotEndTheLoop() {
    loop.execute(
        () -> {
          throw new IllegalStateException("broken");
        });
    loop.execute(() -> seen.add("after"));
    loop.runDue();
    assertThat(seen).containsExactly("after");
    assertThat(failures).hasSize(1);
  }

  @Test
  void aCallFromAnotherThreadGetsItsResultOrItsFailure() throws Exception {
    try (Loop started = new Loop("test", Clock.system(), failures::add)) {
      started.start();
      assertThat(started.call(() -> Thread.currentThread().getName())).isEqualTo("test");
      assertThatThrownBy(
              () ->
                  started.call(
                      () -> {
                        throw new IllegalStateException("broken");
                      }))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("broken");
    }
  }

  @Test
  void whatWasHandedInBeforeItClosesStillRuns() {
    Loop started = new Loop("test", Clock.system(), failures::add);
    started.start();
    for (int i = 0; i < 100; i++) {
      started.execute(() -> seen.add("task"));
    }
    started.close();
    assertThat(seen).hasSize(100);
    assertThatThrownBy(() -> started.call(() -> 1)).isInstanceOf(IllegalStateException.class);
  }
}
