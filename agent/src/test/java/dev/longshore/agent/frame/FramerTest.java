package dev.longshore.agent.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.frame.Framed.Found;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Lines become the records that the application wrote, whatever the runtime made of them.
class FramerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Framed framed = Framed.auto().begin(LogFormat.CRI);

  /// A CRI line at a millisecond of one minute.
  private static String cri(int millis, String streamAndTag, String message) {
    return "2026-11-23T05:48:%02d.%03dZ %s %s%n"
        .formatted(millis / 1000, millis % 1000, streamAndTag, message);
  }

  private static String out(String message) {
    return cri(0, "stdout F", message);
  }

  private static String docker(String logAsJson) {
    return "{\"log\":\""
        + logAsJson
        + "\",\"stream\":\"stdout\",\"time\":\"2026-11-23T05:48:55.1Z\"}\n";
  }

  @Test
  void joinsPartsPerStream() {
    framed.feed(
        cri(0, "stdout P", "a1")
            + cri(1, "stderr P", "b1")
            + cri(2, "stdout F", "a2")
            + cri(3, "stderr F", "b2"));

    assertThat(framed.records()).extracting(Found::stream).containsExactly("stdout", "stderr");
    assertThat(framed.messages()).containsExactly("a1a2", "b1b2");
    assertThat(framed.records()).extracting(Found::flags).containsOnly(List.of("JOINED"));
    assertThat(framed.framer.position()).isEqualTo(new Position(Framed.OLD, 148, 148));
    assertThat(framed.count("joined")).isEqualTo(2);
  }

  @Test
  void spanReachesOverLinesOfTheOtherStream() {
    framed.feed(cri(0, "stdout P", "a1") + cri(1, "stderr F", "b1") + cri(2, "stdout F", "a2"));

    Found joined = framed.records().getLast();
    assertThat(joined.start()).isZero();
    assertThat(joined.span()).isEqualTo(111);
    assertThat(joined.raw()).hasSize(74);
    assertThat(framed.records().getFirst().start()).isEqualTo(37);
  }

  @Test
  void statesAnOpenRecordsStreamAtTheRecordsStart() {
    framed.feed(out("x") + cri(1, "stdout P", "a1") + cri(2, "stderr F", "b1"));

    Position committed = framed.puts.getLast().positions().getFirst();
    assertThat(committed.stdout()).isEqualTo(out("x").length());
    assertThat(committed.stderr()).isEqualTo(framed.offset());
    assertThat(framed.framer.hasOpen()).isTrue();
    assertThat(framed.framer.heldBytes()).isBetween(37, 1024);
  }

  @Test
  void joinsPartsAcrossRotation() {
    framed
        .feedLast(out("x") + cri(1, "stdout P", "first half, "))
        .continueIn(Position.start(Framed.NEW), LogFormat.CRI)
        .feed(cri(5, "stderr F", "warning") + cri(9, "stdout F", "second half") + out("y"));

    assertThat(framed.messages()).containsExactly("x", "warning", "first half, second half", "y");
    Found crossing = framed.records().get(2);
    assertThat(crossing.generation()).isEqualTo(Framed.OLD);
    assertThat(crossing.start()).isEqualTo(out("x").length());
    assertThat(crossing.span()).isEqualTo(crossing.raw().length());
    List<Position> both = framed.puts.get(2).positions();
    assertThat(both)
        .containsExactly(
            new Position(Framed.OLD, 83, 83),
            new Position(
                Framed.NEW,
                cri(5, "stderr F", "warning").length() + cri(9, "stdout F", "second half").length(),
                cri(5, "stderr F", "warning").length()
                    + cri(9, "stdout F", "second half").length()));
  }

  @Test
  void holdsTheNextGenerationsPositionWhileARecordOfTheOldOneIsOpen() {
    framed
        .feedLast(cri(1, "stdout P", "half"))
        .continueIn(Position.start(Framed.NEW), LogFormat.CRI)
        .feed(cri(5, "stderr F", "warning"));

    assertThat(framed.framer.previousPosition()).isEqualTo(new Position(Framed.OLD, 0, 39));
    assertThat(framed.framer.position()).isEqualTo(new Position(Framed.NEW, 0, framed.offset()));
    assertThat(framed.puts.getLast().positions()).containsExactly(framed.framer.position());
  }

  @Test
  void statesBothGenerationsWhenTheLastFragmentLiesInTheNext() {
    Framed small = new Framed(Framed.limit(4), new FrameRules("auto", false, false));
    small
        .begin(LogFormat.CRI)
        .feedLast(cri(0, "stdout P", "a".repeat(3000)))
        .continueIn(Position.start(Framed.NEW), LogFormat.CRI)
        .feed(cri(1, "stdout P", "b".repeat(3000)) + cri(2, "stdout F", "c".repeat(3000)));

    assertThat(small.records())
        .extracting(found -> found.generation() + " " + found.ordinal() + " " + found.flags())
        .containsExactly(
            Framed.OLD + " 0 [FRAGMENT]",
            Framed.NEW + " 1 [FRAGMENT]",
            Framed.NEW + " 2 [FRAGMENT, LAST_FRAGMENT]");
    assertThat(small.puts.getLast().positions())
        .containsExactly(
            new Position(Framed.OLD, 3035, 3035), new Position(Framed.NEW, 6070, 6070));
  }

  @Test
  void joinsAStackTraceAcrossRotation() {
    framed
        .feedLast(out("java.io.IOException: pipe") + out("\tat shop.Cart.add(Cart.java:3)"))
        .continueIn(Position.start(Framed.NEW), LogFormat.CRI)
        .feed(out("\tat shop.Cart.main(Cart.java:1)") + out("ready"));

    assertThat(framed.messages())
        .containsExactly(
            "java.io.IOException: pipe\n\tat shop.Cart.add(Cart.java:3)\n"
                + "\tat shop.Cart.main(Cart.java:1)",
            "ready");
  }

  @Test
  void aLonePartIsARecordAfterItsTimeout() {
    framed.feed(cri(0, "stdout P", "no end").getBytes(StandardCharsets.UTF_8), false, SECOND);

    assertThat(framed.framer.openDeadlineNanos()).isEqualTo(Duration.ofSeconds(4).toNanos());
    framed.closeDue(Duration.ofMillis(3999));
    assertThat(framed.records()).isEmpty();
    framed.closeDue(Duration.ofSeconds(4));

    assertThat(framed.messages()).containsExactly("no end");
    assertThat(framed.records().getFirst().flags()).containsExactly("INCOMPLETE");
    assertThat(framed.framer.openDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(framed.count("incomplete")).isEqualTo(1);
  }

  @Test
  void pendingGroupsOfBothStreamsAreFlushedAtTheEnd() {
    framed
        .feed(
            cri(0, "stdout F", "Traceback (most recent call last):")
                + cri(1, "stderr F", "panic: boom"))
        .closeAll();

    assertThat(framed.messages())
        .containsExactly("Traceback (most recent call last):", "panic: boom");
    assertThat(framed.framer.position().resumeAt()).isEqualTo(framed.offset());
  }

  @Test
  void aPanicThatComesLaterIsAnother() {
    String panic =
        "panic: boom|goroutine 1 [running]:|main.main()|\t/app/main.go:3 +0x1".replace('|', '\n');
    StringBuilder log = new StringBuilder();
    for (int millis : List.of(0, 400)) {
      panic.lines().forEach(line -> log.append(cri(millis, "stderr F", line)));
    }

    framed.feed(log.toString()).closeAll();

    assertThat(framed.messages()).containsExactly(panic, panic);
  }

  @Test
  void aGapBetweenTimestampsEndsAGroup() {
    framed.feed(
        cri(0, "stdout F", "java.io.IOException: pipe")
            + cri(1000, "stdout F", "\tat a.B.c(B.java:1)")
            + cri(2001, "stdout F", "\tat a.B.d(B.java:2)"));
    framed.closeAll();

    assertThat(framed.messages())
        .containsExactly("java.io.IOException: pipe\n\tat a.B.c(B.java:1)", "\tat a.B.d(B.java:2)");
  }

  @Test
  void timeThatGoesBackEndsAGroup() {
    framed.feed(
        cri(9000, "stdout P", "before the clock was set ") + cri(2000, "stdout F", "after"));

    assertThat(framed.messages()).containsExactly("before the clock was set ", "after");
    assertThat(framed.records().getFirst().flags()).containsExactly("INCOMPLETE");
  }

  @Test
  void emptyMessagesAreRecords() {
    for (String line :
        List.of(
            "2026-11-23T05:48:55.1Z stdout F ",
            "2026-11-23T05:48:55.2+02:00 stderr F",
            "2026-11-23T05:48:55.3Z stdout F:tag:more hello")) {
      framed.feed(line + "\n");
    }

    assertThat(framed.messages()).containsExactly("", "", "hello");
    assertThat(framed.records()).extracting(Found::flags).containsOnly(List.of());
  }

  @Test
  void linesThatAreNotInTheFormatAreKeptWhole() {
    List<String> lines =
        List.of(
            "",
            "hello world",
            "2026-11-23T05:48:55.1Z",
            "2026-11-23T05:48:55.1Z stdout",
            "2026-11-23T05:48:55.1Z stdout X no",
            "2026-11-23T05:48:55.1Z stdin F no",
            "2026-11-23T05:48:55.1Z stdout Fno",
            "\0\0\0");
    framed.feed(String.join("\n", lines) + "\n");

    assertThat(framed.messages()).isEqualTo(lines);
    assertThat(framed.records()).extracting(Found::flags).containsOnly(List.of("UNPARSED"));
    assertThat(framed.count("unparsed")).isEqualTo(lines.size());
  }

  @Test
  void badDockerLinesAreKeptWhole() {
    String time = ",\"stream\":\"stdout\",\"time\":\"2026-11-23T05:48:55Z\"}";
    List<String> lines =
        List.of(
            "",
            "{",
            "hello world",
            "123",
            "{}",
            "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":123}",
            "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"\"}",
            "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"qwerty\"}",
            "{\"stream\":\"stdout\",\"time\":\"2026-11-23T05:48:55Z\"}",
            "{\"log\":123" + time,
            "{\"log\":\"x\\n\"" + time + "x",
            "{\"log\":\"x\\\"" + time);
    Framed docker = Framed.auto().begin(LogFormat.DOCKER_JSON);
    docker.feed(String.join("\n", lines) + "\n");

    assertThat(docker.messages()).isEqualTo(lines);
    assertThat(docker.records()).extracting(Found::flags).containsOnly(List.of("UNPARSED"));
  }

  @Test
  void dockersSplitsAreJoinedByTheirLength() {
    Framed docker = Framed.auto().begin(LogFormat.DOCKER_JSON);
    docker.feed(
        docker("\\\"" + "a".repeat(16_383))
            + docker("tail\\n")
            + docker("b".repeat(16_383) + "\\n")
            + docker("no line feed")
            + docker("a backslash\\\\n")
            + docker("next\\n"));

    assertThat(docker.records()).hasSize(5);
    assertThat(docker.records()).extracting(Found::flags).startsWith(List.of("JOINED"), List.of());
    assertThat(docker.records()).extracting(Found::flags).doesNotContain(List.of("INCOMPLETE"));
  }

  @Test
  void dockersMembersMayHaveAttributesBetweenThem() {
    Framed docker = Framed.auto().begin(LogFormat.DOCKER_JSON);
    docker.feed(
        "{\"log\":\"\\tat x\\n\",\"stream\":\"stderr\",\"attrs\":{\"tag\":\"}\\\"\",\"n\":[1,2]},"
            + "\"time\":\"2026-11-23T05:48:55.1Z\"}\n");

    assertThat(docker.records().getFirst().flags()).isEmpty();
    assertThat(docker.records().getFirst().stream()).isEqualTo("stderr");
  }

  @Test
  void plainLinesAreRecordsAndKeepTheirCarriageReturn() {
    Framed plain = Framed.auto().begin(LogFormat.PLAIN);
    plain.feed("started\r\n\nÄ\0\n");

    assertThat(plain.records())
        .extracting(Found::raw)
        .containsExactly(
            "started\r\n",
            "\n",
            new String("Ä\0\n".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
  }

  @Test
  void whatHasNoLineFeedWaitsUntilTheFileEnds() {
    framed.feed(out("done") + "2026-11-23T05:48:55.1Z stdout F parti");
    assertThat(framed.messages()).containsExactly("done");
    assertThat(framed.offset()).isEqualTo(out("done").length());

    framed.feedLast("2026-11-23T05:48:55.1Z stdout F partial");

    assertThat(framed.messages()).containsExactly("done", "partial");
    assertThat(framed.records().getLast().flags()).containsExactly("INCOMPLETE");
  }

  @Test
  void linesThatAreInTheQueueAreSkippedPerStream() {
    String log = out("in the queue") + cri(1, "stderr F", "open") + out("in the queue too");
    Position resume = new Position(Framed.OLD, log.length(), out("in the queue").length());
    framed.begin(resume, LogFormat.CRI);

    framed.feed(log.substring((int) resume.resumeAt()) + out("new"));

    assertThat(framed.messages()).containsExactly("open", "new");
  }

  @Test
  void droppedStreamsAreCountedInRecords() {
    Framed quiet = new Framed(FrameConfig.defaults(), new FrameRules("auto", true, false));
    quiet
        .begin(LogFormat.CRI)
        .feed(
            cri(0, "stdout P", "a")
                + cri(1, "stdout F", "b")
                + cri(2, "stdout F", "c")
                + cri(3, "stderr F", "kept"));

    assertThat(quiet.messages()).containsExactly("kept");
    assertThat(quiet.framer.droppedRecords()).isEqualTo(2);
    assertThat(quiet.framer.droppedRecords()).isZero();
  }

  @Test
  void newRulesHoldFromTheNextRecordOn() {
    framed.feed(cri(0, "stdout P", "a"));
    framed.framer.rules(new FrameRules("none", true, false));
    framed.feed(cri(1, "stdout F", "b") + cri(2, "stdout F", "c"));

    assertThat(framed.messages()).containsExactly("ab");
    assertThat(framed.framer.droppedRecords()).isEqualTo(1);
  }

  @Test
  void withoutMultilineEachLineIsARecordAtOnce() {
    Framed none = new Framed(FrameConfig.defaults(), new FrameRules("none", false, false));
    none.begin(LogFormat.CRI).feed(out("java.io.IOException: x") + out("\tat a.B.c(B.java:1)"));

    assertThat(none.messages()).hasSize(2);
    assertThat(none.framer.hasOpen()).isFalse();
  }

  @Test
  void aLineOfHundredMegabytesPassesInBoundedMemory() {
    byte[] piece = new byte[1 << 20];
    Arrays.fill(piece, (byte) 'x');
    framed.feed(out("").stripTrailing() + " ");
    framed.begin(LogFormat.CRI);
    long offset = 0;
    long raw = 0;
    for (int i = 0; i < 100; i++) {
      byte[] bytes = piece;
      if (i == 0) {
        bytes = piece.clone();
        byte[] prefix = "2026-11-23T05:48:55.1Z stderr F ".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
      }
      offset +=
          framed.framer.feed(bytes, 0, bytes.length, offset, i == 99, 0, framed.scratch, framed);
      assertThat(framed.framer.heldBytes()).isLessThanOrEqualTo((2 << 20) + 1);
      raw += framed.records().stream().mapToLong(found -> found.raw().length()).sum();
      assertThat(framed.records()).extracting(Found::stream).allMatch("stderr"::equals);
      assertThat(framed.records())
          .allMatch(found -> found.ordinal() == 0 || found.flags().contains("UNPARSED"));
      framed.puts.clear();
    }
    assertThat(offset).isEqualTo(100 << 20);
    assertThat(raw).isEqualTo(100 << 20);
    assertThat(framed.count("fragments")).isEqualTo(100);
  }

  @Test
  void fragmentsAreCutBetweenCharacters() {
    Framed small = new Framed(Framed.limit(4), new FrameRules("auto", false, false));
    small.begin(LogFormat.CRI).feed(out("é😀€".repeat(1000)));

    StringBuilder all = new StringBuilder();
    for (Found found : small.records()) {
      byte[] bytes = found.raw().getBytes(StandardCharsets.ISO_8859_1);
      String text = new String(bytes, StandardCharsets.UTF_8);
      assertThat(text).doesNotContain("\ufffd");
      all.append(text);
    }
    assertThat(all.toString()).isEqualTo(out("é😀€".repeat(1000)));
    assertThat(small.records()).hasSize(3);
    assertThat(small.records().getFirst().flags()).containsExactly("FRAGMENT");
    assertThat(small.records().getLast().flags())
        .containsExactly("FRAGMENT", "LAST_FRAGMENT", "UNPARSED");
  }

  @Test
  void aLongTraceIsCutBetweenItsLines() {
    Framed small = new Framed(Framed.limit(4), new FrameRules("java", false, false));
    String trace = out("java.io.IOException: x") + out("\tat a.B.c(B.java:1)").repeat(200);
    small.begin(LogFormat.CRI).feed(trace + out("ready"));

    assertThat(small.records().getLast().message()).isEqualTo("ready");
    List<Found> fragments = small.records().subList(0, small.records().size() - 1);
    assertThat(fragments).hasSizeGreaterThan(2).allMatch(found -> found.raw().endsWith("\n"));
    assertThat(fragments).allMatch(found -> !found.flags().contains("UNPARSED"));
    assertThat(String.join("", fragments.stream().map(Found::raw).toList())).isEqualTo(trace);
    for (int i = 0; i < fragments.size(); i++) {
      assertThat(fragments.get(i).ordinal()).isEqualTo(i);
    }
  }

  @Test
  void bytesFromAnotherPlaceAreRefused() {
    framed.feed(out("x"));

    assertThatThrownBy(
            () -> framed.framer.feed(new byte[8], 0, 8, 4711, false, 0, framed.scratch, framed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4711");
  }

  @Test
  void unknownPresetsAreRefusedWithWhatIsAccepted() {
    assertThatThrownBy(() -> new FrameRules("cobol", false, false))
        .hasMessageContaining("cobol")
        .hasMessageContaining("dotnet");
  }

  @Test
  void defaults() {
    assertThat(FrameConfig.defaults().toString())
        .isEqualTo(
            "FrameConfig[maxRecord=1MiB, multiline=auto, groupTimeout=PT1S, partialTimeout=PT3S]");
  }
}
