package dev.longshore.agent.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.frame.Framed.Found;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// NUL bytes that nobody wrote are in no record, and the lines around them are as they were
/// written.
class NulRunTest {
  private static final int BLOCK = 4096;

  private final Framed framed = Framed.auto().begin(LogFormat.CRI);

  private static String nul(int count) {
    return "\0".repeat(count);
  }

  private static String out(String message) {
    return "2026-11-23T05:48:55.1Z stdout F " + message + "\n";
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1024, BLOCK, 300_000})
  void areNotBeforeALineOfTheRuntime(int count) {
    framed.feed(out("before") + nul(count) + out("behind"));

    assertThat(framed.messages()).containsExactly("before", "behind");
    Found behind = framed.records().getLast();
    assertThat(behind.flags()).isEmpty();
    assertThat(behind.start()).isEqualTo(out("before").length() + count);
    assertThat(framed.framer.nulBytes()).isEqualTo(count);
    assertThat(framed.framer.firstNulOffset()).isEqualTo(out("before").length());
    assertThat(framed.framer.isBehindNul()).isTrue();
    assertThat(framed.count("nul")).isEqualTo(count);
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void endTheLineThatTheyTear(LogFormat format) {
    String line = line(format, "behind");
    framed.begin(format);

    framed.feed(line(format, "before") + line.substring(0, 5) + nul(BLOCK) + "est\n" + line);

    assertThat(framed.records())
        .extracting(Found::raw)
        .containsExactly(line(format, "before"), line.substring(0, 5), "est\n", line);
    assertThat(framed.records().get(1).flags()).contains("INCOMPLETE");
  }

  private static String line(LogFormat format, String message) {
    return switch (format) {
      case CRI -> out(message);
      case DOCKER_JSON ->
          "{\"log\":\""
              + message
              + "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T05:48:55.1Z\"}\n";
      case PLAIN -> message + "\n";
    };
  }

  @Test
  void areTheApplicationsWhereTheyAreFewWithinALine() {
    String few = "a" + nul(NulRun.LEAST_BYTES - 1) + "b" + nul(3) + "c".repeat(2_000);

    framed.feed(out(few));

    assertThat(framed.messages()).containsExactly(few);
    assertThat(framed.framer.nulBytes()).isZero();
  }

  @Test
  void endTheRecordThatWaitsForMore() {
    String part = "2026-11-23T05:48:55.1Z stdout P part\n";
    framed.feed(part + nul(BLOCK) + out("whole"));

    assertThat(framed.messages()).containsExactly("part", "whole");
    assertThat(framed.records().getFirst().flags()).containsExactly("INCOMPLETE");
    assertThat(framed.records().getFirst().span()).isEqualTo(part.length());
  }

  @Test
  void areNotTakenAtTheEndOfAFileThatIsWritten() {
    framed.feed(out("before") + nul(70_000));
    assertThat(framed.offset()).isEqualTo(out("before").length());

    framed.feed(nul(70_000) + out("behind"));

    assertThat(framed.messages()).containsExactly("before", "behind");
  }

  @Test
  void areTakenAtTheEndOfAFileThatIsNotWrittenAnyMore() {
    framed.feedLast(out("before") + "2026-11-23T05:48:55.1Z stdout F torn" + nul(BLOCK));

    assertThat(framed.messages()).containsExactly("before", "torn");
    assertThat(framed.offset()).isEqualTo(out("before").length() + 36 + BLOCK);
  }

  @Test
  void needNoMemoryHoweverManyTheyAre() {
    byte[] nul = new byte[256 << 10];
    framed.feed(out("before"));
    long offset = framed.offset();
    for (int i = 0; i < 4 * 1024; i++) {
      int taken = framed.framer.feed(nul, 0, nul.length, offset, false, 0, framed.scratch, framed);
      assertThat(taken).isEqualTo(nul.length);
      offset += taken;
      assertThat(framed.framer.heldBytes()).isZero();
      assertThat(framed.framer.isBehindNul()).isFalse();
    }
    byte[] line = out("behind").getBytes(ISO_8859_1);
    byte[] rest = java.util.Arrays.copyOf(line, line.length + 16);
    var _ = framed.framer.feed(rest, 0, line.length, offset, false, 0, framed.scratch, framed);

    assertThat(framed.messages()).containsExactly("before", "behind");
    assertThat(framed.records().getLast().start()).isEqualTo(offset);
    assertThat(framed.framer.nulBytes()).isEqualTo(1L << 30);
    assertThat(framed.framer.isBehindNul()).isTrue();
  }

  @Test
  void endALongLine() {
    Framed small = new Framed(Framed.limit(8), FrameRules.of(Framed.limit(8)));
    small.begin(LogFormat.CRI);
    String torn = "2026-11-23T05:48:55.1Z stdout F " + "x".repeat(20_000);

    small.feed(torn + nul(BLOCK) + out("behind"));

    List<Found> records = small.records();
    assertThat(records.getLast().message()).isEqualTo("behind");
    assertThat(
            records.subList(0, records.size() - 1).stream().mapToInt(f -> f.raw().length()).sum())
        .isEqualTo(torn.length());
  }

  @Test
  void areFramedAlikeFromEachPositionOn() {
    String log = out("before") + nul(BLOCK) + out("behind") + nul(9) + out("last");
    framed.feed(log).closeDue(Duration.ofSeconds(9));
    List<Found> whole = framed.records();
    for (int skip = 0; skip < whole.size(); skip++) {
      long start = whole.get(skip).start();
      Framed again = Framed.auto().begin(new Position(Framed.OLD, start, start), LogFormat.CRI);
      again.feed(log.substring((int) start));
      assertThat(again.records()).isEqualTo(whole.subList(skip, whole.size()));
    }
  }
}
