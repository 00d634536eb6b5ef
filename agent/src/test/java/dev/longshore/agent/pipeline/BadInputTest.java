package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.pipeline.MemoryElastic.Indexed;
import dev.longshore.shared.units.DataSize;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Whatever stands in a log, and however full the buffer is, nothing is lost and nobody else waits.
class BadInputTest {
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
  void aLineOf20MegabytesIsOneRecordInPiecesThatMakeItUp() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("before");
    byte[] piece = new byte[1_000_000];
    String line = log.cri("stdout", "F", "");
    log.raw(line.substring(0, line.length() - 1));
    for (int i = 0; i < 20; i++) {
      Arrays.fill(piece, (byte) ('a' + i % 26));
      log.raw(piece);
    }
    log.raw("\n").out("after");
    fixture.start();
    fixture.until(
        Duration.ofMinutes(2),
        () ->
            fixture.elastic.count() > 2
                && fixture.elastic.documents().getLast().message().equals("after"));
    fixture.quiet();
    List<Indexed> documents = new ArrayList<>(fixture.elastic.documents());
    assertThat(documents.removeFirst().message()).isEqualTo("before");
    assertThat(documents.removeLast().message()).isEqualTo("after");
    long at = 0;
    for (Indexed document : documents) {
      for (byte b : document.message().getBytes(StandardCharsets.US_ASCII)) {
        if (b != 'a' + at / 1_000_000 % 26) {
          throw new AssertionError("another byte at " + at);
        }
        at++;
      }
    }
    assertThat(at).isEqualTo(20_000_000);
    fixture.assertLedger();
  }

  @Test
  void bodiesThatElasticsearchWouldRefuseStayMessages() throws IOException {
    String deep = "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000);
    String large = "{\"a\":\"" + "x".repeat(40_000) + "\"}";
    String nul = "{\"a\\u0000b\":1}";
    fixture.log("checkout-7d9f", "app").out(deep).out(large).out(nul).out("{\"fine\":true}");
    fixture.start().expect(deep, large, nul, "{\"fine\":true}");
    assertThat(fixture.elastic.documents().stream().filter(it -> it.source().has("json")))
        .extracting(Indexed::message)
        .containsExactly("{\"fine\":true}");
  }

  @Test
  void whatIsNotQuiteJsonStaysAsItIsAndAnEscapeStaysEscapedOnce() throws IOException {
    String broken = "{\"text\":\"Simple text\"]";
    String escaped = "{\"text\":\"a \\\"quoted\\\" word and \\\\n\"}";
    fixture.log("checkout-7d9f", "app").out(broken).out(escaped);
    fixture.start().expect(broken, escaped);
    assertThat(fixture.elastic.documents())
        .filteredOn(it -> it.message().equals(escaped))
        .singleElement()
        .satisfies(
            it -> assertThat(it.at("/json/text").asText()).isEqualTo("a \"quoted\" word and \\n"));
  }

  @Test
  void bytesThatAreNotTextDoNotHarmTheirNeighbours() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("before");
    String line = log.cri("stdout", "F", "");
    log.raw(line.substring(0, line.length() - 1));
    log.raw(new byte[] {'a', 0, 'b', (byte) 0xff, (byte) 0xc3, 'c', '\n'});
    log.out("after");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 3);
    fixture.quiet();
    assertThat(fixture.elastic.messages()).containsExactly("before", "a\0b\\xff\\xc3c", "after");
  }

  @Test
  void aFolderNamedLikeALogAndAnEmptyLogHoldNothingUp() throws IOException {
    fixture.log("empty-1", "app");
    Path log = fixture.log("checkout-7d9f", "app").out("paid").live;
    Files.createDirectory(log.resolveSibling("1.log"));
    fixture.start().expect("paid");
  }

  @Test
  void aClockThatJumpsChangesNothing() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("one");
    fixture.start().expect("one");
    fixture.clock.jumpWallClock(Duration.ofDays(400));
    log.out("two").part("stdout", "cut ");
    fixture.allRead();
    fixture.clock.jumpWallClock(Duration.ofDays(-800));
    log.line("stdout", "F", "in two").out("three");
    fixture.expect("one", "two", "cut in two", "three");
  }

  @Test
  void readingPausesAtAFullBufferAndGoesOn() throws IOException {
    fixture.bufferMaxSize = DataSize.ofMiB(16);
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    List<String> expected = new ArrayList<>();
    // None of them has more than each may queue, whatever the others do.
    for (int pod = 0; pod < 100; pod++) {
      PodLog log = fixture.log("checkout-" + pod, "app");
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 240; i++) {
        String message = pod + " " + i + " " + "x".repeat(1_000);
        expected.add(message);
        text.append(log.cri("stdout", "F", message));
      }
      log.raw(text.toString());
    }
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Pipeline.class);
    logger.addAppender(log);
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () ->
            fixture.pipeline().files().stream()
                .anyMatch(it -> it.paused() == PauseReason.BUFFER_FULL));
    logger.detachAppender(log);
    assertThat(List.copyOf(log.list))
        .extracting(ILoggingEvent::getMessage)
        .contains("buffer is full; reading paused");
    assertThat(fixture.paused(PauseReason.BUFFER_FULL)).isPositive();
    assertThat(fixture.paused(PauseReason.BELOW_MIN_FREE)).isZero();
    assertThat(fixture.buffer().diskBytes()).isLessThanOrEqualTo(16 << 20);
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.until(Duration.ofMinutes(1), () -> fixture.elastic.count() == expected.size());
    fixture.expect(expected);
    assertThat(fixture.paused(PauseReason.BUFFER_FULL)).isZero();
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void aFileThatCanNotBeFramedWaitsAloneAndKeepsWhatWasQueued() throws IOException {
    fixture.frameRegistry = new FailingOnFragments();
    PodLog bad = fixture.log("bad-1", "app");
    for (int i = 0; i < 400; i++) {
      bad.out(i + " " + "x".repeat(1_000));
    }
    bad.out("y".repeat(2_000_000)).out("behind it");
    PodLog good = fixture.log("good-1", "app").out("one");
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () ->
            fixture.pipeline().files().stream()
                .anyMatch(it -> it.paused() == PauseReason.FRAMING_FAILED));
    good.out("two");
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.of("good-1").size() == 2);
    fixture.clock.leap(Duration.ofSeconds(11));
    good.out("three");
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.of("good-1").size() == 3);
    fixture.quiet();
    assertThat(fixture.exit().codes()).isEmpty();
    assertThat(fixture.elastic.of("bad-1")).hasSizeGreaterThan(300);
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
    assertThat(fixture.sum(Account::duplicate)).isZero();
  }

  /// A meter that fails stands for any fault of framing: of this test's lines, only the long one
  /// becomes fragments.
  private static final class FailingOnFragments extends SimpleMeterRegistry {
    @Override
    protected Counter newCounter(Meter.Id id) {
      return id.getName().equals("longshore.agent.frame.fragments")
          ? new CumulativeCounter(id) {
            @Override
            public void increment(double amount) {
              throw new IllegalStateException("this meter counts nothing");
            }
          }
          : super.newCounter(id);
    }
  }
}
