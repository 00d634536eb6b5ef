package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The reading and the shipping thread start, wake each other and end as the product has them do.
/// All other tests of this package take the turns of both on their own thread; what is left to
/// these is what only threads can do wrong: hand over, stop in the middle of work, and end.
class PipelineThreadsTest {
  @TempDir Path folder;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    fixture = PipelineFixture.withThreads(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void fourThousandLinesSurviveAGracefulStopInTheMiddle() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app");
    List<String> expected = numbered(log, 0, 2_000);
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() > 0);
    expected.addAll(numbered(log, 2_000, 4_000));
    fixture.stop();
    fixture.start().expect(expected);
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void fourThousandLinesSurviveAKillInTheMiddle() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app");
    fixture.elastic.mood(MemoryElastic.Mood.SILENT);
    List<String> expected = numbered(log, 0, 2_000);
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() > 0);
    expected.addAll(numbered(log, 2_000, 4_000));
    fixture.kill();
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.start().expect(expected);
    assertThat(fixture.sum(Account::duplicate)).isPositive();
  }

  private static List<String> numbered(PodLog log, int from, int to) throws IOException {
    List<String> messages = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      String message = "order " + i;
      messages.add(message);
      text.append(log.cri(i % 7 == 0 ? "stderr" : "stdout", "F", message));
    }
    log.raw(text.toString());
    return messages;
  }
}
