package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.frame.FrameConfig;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However the agent ends and whatever happens to the files meanwhile, each record arrives once.
class RestartTest {
  @TempDir Path folder;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void onlyTheNewLineIsReadAfterARestart() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("paid order 1");
    fixture.start().expect("paid order 1");
    assertThat(fixture.stop()).isTrue();
    log.out("paid order 2");
    fixture.start().expect("paid order 1", "paid order 2");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
    assertThat(fixture.sum(Account::read)).isEqualTo(1);
  }

  @Test
  void readsTheUnreadEndOfAFileThatWasRenamedMeanwhile() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("read before");
    fixture.start().expect("read before");
    fixture.stop();
    log.out("unread in the renamed file");
    log.rotate(".20261123-060000");
    log.out("first of the new file").out("second of the new file");
    fixture
        .start()
        .expect(
            "read before",
            "unread in the renamed file",
            "first of the new file",
            "second of the new file");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void aLineWithoutItsEndIsOneRecordWhenTheEndComesAfterTheRestart() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("whole");
    String line = log.cri("stdout", "F", "partial line");
    log.raw(line.substring(0, line.length() - 6));
    fixture.start().expect("whole");
    fixture.stop();
    log.raw(line.substring(line.length() - 6));
    fixture.start().expect("whole", "partial line");
  }

  @Test
  void linesThatWereNeverAcknowledgedAreSentAgain() throws IOException {
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    fixture.log("checkout-7d9f", "app").out("never acknowledged");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().pendingBlocks() == 1);
    fixture.kill();
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.start().expect("never acknowledged");
    assertThat(fixture.sum(Account::recovered)).isEqualTo(1);
    assertThat(fixture.sum(Account::read)).isZero();
  }

  @Test
  void aTraceThatWasSentIsNotReadAgain() throws IOException {
    String trace = "java.lang.IllegalStateException: empty cart\n\tat shop.Cart.pay(Cart.java:7)";
    PodLog log = fixture.log("checkout-7d9f", "app");
    for (String line : trace.split("\n", -1)) {
      log.out(line);
    }
    fixture.start().expect(trace);
    fixture.stop();
    log.out("INFO goodbye");
    fixture.start().expect(trace, "INFO goodbye");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void aLineCutByTheRotationIsOneRecordThoughTheAgentIsKilledInBetween() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("before").part("stdout", "first half, ");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 1);
    fixture.kill();
    log.rotate(".20261123-060000");
    log.err("of stderr").line("stdout", "F", "second half").out("after");
    fixture.start().expect("before", "first half, second half", "of stderr", "after");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void aLineCutByTheRotationIsOneRecordThoughTheAgentIsKilledBehindIt() throws IOException {
    fixture.frame = FrameConfig.defaults();
    PodLog log = fixture.log("checkout-7d9f", "app").out("before").part("stdout", "first half, ");
    fixture.start();
    fixture.allRead();
    log.rotate(".20261123-060000");
    log.err("of stderr").line("stdout", "F", "second half").out("after");
    List<String> all = List.of("before", "first half, second half", "of stderr", "after");
    fixture.expect(all);
    fixture.kill();
    log.out("later");
    List<String> more = new ArrayList<>(all);
    more.add("later");
    fixture.start().expect(more);
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
    assertThat(fixture.sum(Account::read)).isEqualTo(1);
  }

  @Test
  void readsOnInTheArchiveOfAFileThatWasCompressedMeanwhile() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("read before");
    fixture.start().expect("read before");
    fixture.stop();
    log.out("unread in the archive");
    PodLog.gzip(log.rotate(".20261123-060000"));
    log.out("of the new file");
    fixture.start().expect("read before", "unread in the archive", "of the new file");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  /// A plain log has no timestamps by which its archive could be told from another file's.
  @Test
  void doesNotReadTheArchiveOfAPlainLogAgainThatWasReadBeforeItWasCompressed() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").raw("GET /cart 200\n");
    fixture.start().expect("GET /cart 200");
    Path rotated = log.rotate(".1");
    log.raw("GET /pay 200\n");
    fixture.expect("GET /cart 200", "GET /pay 200");
    PodLog.gzip(rotated);
    // Of both files how far they are and by what they are known, and how far the archive is.
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 5);
    assertThat(fixture.stop()).isTrue();
    log.raw("GET /end 200\n");

    fixture.start().expect("GET /cart 200", "GET /pay 200", "GET /end 200");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
    assertThat(fixture.sum(Account::read)).isEqualTo(1);
  }

  /// Were a block of it lost in the queue, the copy would be read again from there.
  @Test
  void theProgressOfACopyIsNotedWhenAllIsDeliveredAndForgottenWithTheCopy() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").raw("GET /cart 200\n");
    fixture.start().expect("GET /cart 200");
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    log.raw("GET /pay 200\n");
    Path archive = PodLog.gzip(log.rotate(".1"));
    log.raw("GET /end 200\n");
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 4);
    fixture.during(Duration.ofSeconds(3), () -> fixture.buffer().positions().size() == 4);

    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 5);

    Files.delete(archive);
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 2);
  }

  @Test
  void doesNotReadTheCopyOfAPlainLogAgainThatWasReadBeforeItWasEmptied() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").raw("GET /cart 200\n");
    fixture.start().expect("GET /cart 200");
    Files.copy(log.live, log.live.resolveSibling("0.log.1"));
    new FileOutputStream(log.live.toFile()).close();
    log.raw("GET /pay 200\n");
    fixture.expect("GET /cart 200", "GET /pay 200");
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 5);
    assertThat(fixture.stop()).isTrue();

    fixture.start().expect("GET /cart 200", "GET /pay 200");
    fixture.during(Duration.ofSeconds(2), () -> fixture.sum(Account::read) == 0);
  }

  @Test
  void aRecordDoesNotGoOnInAFileThatBeginsBeforeItsEnd() throws IOException {
    Instant noon = Instant.parse("2026-11-23T12:00:00Z");
    PodLog log = fixture.log("checkout-7d9f", "app").stampedFrom(noon).out("one");
    log.stampedFrom(noon.plusSeconds(60)).part("stdout", "begun ");
    log.rotate(".20261123-120100");
    log.stampedFrom(noon.plusSeconds(30)).line("stdout", "F", "of another").out("two");
    fixture.start().expect("one", "begun ", "of another", "two");
  }

  @Test
  void forgetsAfterAnHourWhatWasDeletedWhileNobodyLooked() throws IOException {
    PodLog gone = fixture.log("job-1", "app").out("of a pod that goes");
    fixture.log("checkout-7d9f", "app").out("of a pod that stays");
    fixture.start().expect("of a pod that goes", "of a pod that stays");
    fixture.stop();
    Files.delete(gone.live);
    fixture.start();
    fixture.allRead();
    assertThat(fixture.buffer().positions()).hasSize(2);
    fixture.clock.leap(Duration.ofMinutes(61));
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 1);
  }

  @Test
  void aPlainLogThatWasEmptiedAndBeginsWithTheSameLineIsReadFromItsStart() throws IOException {
    fixture.pattern = "app/*.log";
    PodLog log = fixture.logAt(fixture.root.resolve("app/app.log"));
    String header = "#Software: shop 1.0\n";
    log.raw(header + lines("first run", 2_000));
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 2_001);
    fixture.stop();
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    log.raw(header + lines("second run", 500));
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 2_502);
    log.raw(lines("third run", 2_000));
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 4_502);
    fixture.kill();
    log.raw(lines("after the kill", 1));
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 4_503);
    fixture.quiet();
    assertThat(fixture.elastic.messages().stream().filter(it -> it.startsWith("second run")))
        .hasSize(500)
        .doesNotHaveDuplicates();
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
    fixture.assertLedger();
  }

  private static String lines(String run, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(run).append(' ').append(i).append('\n');
    }
    return text.toString();
  }
}
