package dev.longshore.shared.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.RecordedExit;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// No thread ends alone, and none is stuck unseen; a process that was paused is not taken for one
/// that is stuck.
class SupervisorTest {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final ManualClock clock = new ManualClock();
  private final RecordedExit exit = new RecordedExit();
  private final Supervisor supervisor = new Supervisor(clock, exit);
  private final CountDownLatch never = new CountDownLatch(1);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(logged);
    supervisor.threads().forEach(SupervisedThread::interrupt);
    supervisor.close();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        InternalError.class,
        StackOverflowError.class,
        NoClassDefFoundError.class,
        IllegalStateException.class
      })
  void aThreadThatThrowsEndsTheProcessWithOneLine(Class<? extends Throwable> thrown) {
    supervisor
        .platform("ship", LIMIT, () -> SupervisorTest.<RuntimeException>rethrow(made(thrown)))
        .start();

    await().until(() -> !exit.codes().isEmpty());
    assertThat(exit.codes()).containsExactly(Supervisor.EXIT_CODE);
    assertThat(logged.list)
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.getKeyValuePairs())
                    .extracting(pair -> pair.key + "=" + pair.value)
                    .contains("thread=ship", "reason=" + thrown.getName(), "exitCode=70"));
  }

  @Test
  void aThreadThatReturnsUnaskedEndsTheProcess() {
    supervisor.virtual("watermark", null, () -> {}).start();

    await().until(() -> !exit.codes().isEmpty());
    assertThat(exit.codes()).containsExactly(Supervisor.EXIT_CODE);
  }

  @Test
  void theFirstFailureAloneIsLoggedAndEndsTheProcess() {
    supervisor.fail("read", new InternalError());
    supervisor.fail("ship", new InternalError());

    assertThat(exit.codes()).hasSize(1);
    assertThat(logged.list).hasSize(1);
  }

  @Test
  void aThreadThatIsAskedToStopEndsAlone() throws InterruptedException {
    SupervisedThread thread = supervisor.virtual("watermark", LIMIT, never::await);
    thread.start();

    thread.interrupt();

    assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
    assertThat(exit.codes()).isEmpty();
  }

  @Test
  void anUncaughtErrorOfAnyThreadEndsTheProcessAndAnExceptionDoesNot() {
    supervisor.uncaught(Thread.currentThread(), new IllegalStateException());
    assertThat(exit.codes()).isEmpty();

    supervisor.uncaught(Thread.currentThread(), new InternalError());
    assertThat(exit.codes()).containsExactly(Supervisor.EXIT_CODE);
  }

  @Test
  void aThreadWithoutTurnsIsOverdueAfterItsLimitAndNoLongerAfterItsNextTurn() {
    SupervisedThread read = supervisor.platform("read", LIMIT, never::await);
    SupervisedThread ship = supervisor.platform("ship", LIMIT, never::await);
    read.start();
    ship.start();

    pass(LIMIT);
    ship.turned();
    pass(Duration.ofSeconds(1));

    assertThat(supervisor.overdue())
        .containsExactly(new Supervisor.Overdue("read", LIMIT.plusSeconds(1), LIMIT));

    read.turned();
    assertThat(supervisor.overdue()).isEmpty();
    assertThat(exit.codes()).isEmpty();
  }

  @Test
  void aPauseOfTheWholeProcessMakesNoThreadOverdue() {
    supervisor.platform("read", LIMIT, never::await).start();

    clock.advance(Duration.ofHours(3));
    supervisor.tick();

    assertThat(supervisor.overdue()).isEmpty();
  }

  @Test
  void aThreadThatIsToldToStopOrReportsNoTurnsIsNeverOverdue() {
    SupervisedThread losses = supervisor.virtual("losses", null, never::await);
    SupervisedThread read = supervisor.platform("read", LIMIT, never::await);
    losses.start();
    read.start();
    read.stopping();

    pass(LIMIT.multipliedBy(2));

    assertThat(supervisor.overdue()).isEmpty();
  }

  private void pass(Duration duration) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      clock.advance(Duration.ofSeconds(1));
      supervisor.tick();
    }
  }

  private static Throwable made(Class<? extends Throwable> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      return e;
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void rethrow(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
