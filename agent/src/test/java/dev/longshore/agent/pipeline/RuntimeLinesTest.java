package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.pipeline.MemoryElastic.Indexed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a runtime has cut or an application has spread over lines arrives as one record, and what
/// can't be understood arrives as it is.
class RuntimeLinesTest {
  private static final String JAVA =
      """
      java.lang.IllegalStateException: empty cart
      \tat shop.Cart.pay(Cart.java:7)
      Caused by: java.io.IOException: broken pipe
      \tat shop.Till.open(Till.java:12)
      \t... 1 more""";
  private static final String PYTHON =
      """
      Traceback (most recent call last):
        File "/app/cart.py", line 7, in pay
          raise ValueError("empty cart")
      ValueError: empty cart""";
  private static final String GO =
      """
      panic: runtime error: index out of range [3] with length 3

      goroutine 1 [running]:
      main.pay(...)
      \t/app/cart.go:7
      main.main()
      \t/app/main.go:12 +0x1d""";
  private static final String RUBY =
      """
      /app/cart.rb:7:in `pay': empty cart (RuntimeError)
      \tfrom /app/till.rb:12:in `open'
      \tfrom /app/main.rb:3:in `<main>'""";

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
  void partsOfTheTwoStreamsAreJoinedEachWithItsOwn() throws IOException {
    fixture
        .log("checkout-7d9f", "app")
        .part("stdout", "a1")
        .part("stderr", "b1")
        .line("stdout", "F", "a2")
        .line("stderr", "F", "b2");
    fixture.start().expect("a1a2", "b1b2");
    assertThat(fixture.elastic.documents())
        .extracting(it -> it.stream() + " " + it.message())
        .containsExactlyInAnyOrder("stdout a1a2", "stderr b1b2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n \n", "\ufeff", "\0\0\0\0", "\0\0\n"})
  void whatStandsBeforeTheFirstReadableLineCostsNoOtherLine(String before) throws IOException {
    fixture
        .log("checkout-7d9f", "app")
        .raw(before)
        .line("stderr", "F", "one")
        .line("stdout", "F", "two");

    fixture.start().expect("one", "two");

    assertThat(fixture.elastic.documents())
        .extracting(it -> it.stream() + " " + it.message())
        .containsExactlyInAnyOrder("stderr one", "stdout two");
  }

  @Test
  void aLineCutByTheRotationIsOneRecord() throws IOException {
    fixture.frame = FrameConfig.defaults();
    PodLog log = fixture.log("checkout-7d9f", "app").part("stdout", "first half, ");
    fixture.start();
    fixture.allRead();
    log.rotate(".20261123-060000");
    log.line("stdout", "F", "second half");
    fixture.expect("first half, second half");
  }

  @Test
  void aPartWithoutItsEndIsARecordAfterTheTimeout() throws IOException {
    fixture.log("checkout-7d9f", "app").part("stdout", "killed in the middle of a");
    fixture.start().expect("killed in the middle of a");
  }

  @Test
  void anEmptyMessageIsARecord() throws IOException {
    fixture.log("checkout-7d9f", "app").out("").out("not empty");
    fixture.start().expect("", "not empty");
  }

  @Test
  void dockersPartsOf16KiBAreJoinedAndFullLinesAreNot() throws IOException {
    String full = "x".repeat(16_383);
    PodLog log = fixture.log("checkout-7d9f", "app");
    log.raw(docker(full + "y", 1)).raw(docker("its end\\n", 2)).raw(docker(full + "\\n", 3));
    fixture.start().expect(full + "y" + "its end", full);
  }

  @Test
  void badDockerLinesArriveAsTheyAre() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").raw(docker("good\\n", 1));
    List<String> bad =
        List.of(
            "{",
            "hello world",
            "123",
            "{}",
            "{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":123}",
            "{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"\"}",
            "{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"qwerty\"}",
            "{\"stream\":\"stdout\",\"time\":\"2026-11-23T06:00:00.000000004Z\"}",
            "{\"log\":123,\"stream\":\"stdout\",\"time\":\"2026-11-23T06:00:00.000000004Z\"}");
    for (String line : bad) {
      log.raw(line + "\n");
    }
    List<String> expected = new ArrayList<>(bad);
    expected.add("good");
    fixture.start().expect(expected);
    for (Indexed document : fixture.elastic.documents()) {
      if (!document.message().equals("good")) {
        assertThat(document.at("/log/flags").toString()).isEqualTo("[\"unparsed\"]");
      }
    }
  }

  @Test
  void aTraceAndALineALittleLaterAreTwoRecords() throws IOException {
    List<String> expected = new ArrayList<>();
    int pod = 0;
    for (String trace : List.of(JAVA, PYTHON, GO, RUBY)) {
      PodLog log = fixture.log("traces-" + pod++, "app");
      for (String line : trace.split("\n", -1)) {
        log.err(line);
      }
      log.stampedFrom(log.lastStamp().plusMillis(1)).err("a plain line");
      expected.add(trace);
      expected.add("a plain line");
    }
    fixture.start().expect(expected);
  }

  @Test
  void traceOverARotationIsOneRecord() throws IOException {
    fixture.frame = FrameConfig.defaults();
    String[] lines = JAVA.split("\n", -1);
    PodLog log = fixture.log("checkout-7d9f", "app").err(lines[0]).err(lines[1]);
    fixture.start();
    fixture.allRead();
    log.rotate(".20261123-060000");
    for (int i = 2; i < lines.length; i++) {
      log.err(lines[i]);
    }
    log.err("a plain line");
    fixture.expect(JAVA, "a plain line");
  }

  @Test
  void theOpenTracesOfBothStreamsAreShippedAtTheEnd() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("up");
    fixture.start().expect("up");
    log.out("java.lang.IllegalStateException: out").out("\tat shop.Cart.pay(Cart.java:7)");
    log.err("java.lang.IllegalStateException: err").err("\tat shop.Cart.pay(Cart.java:8)");
    fixture.allRead();
    assertThat(fixture.stop()).isTrue();
    assertThat(fixture.elastic.messages())
        .containsExactlyInAnyOrder(
            "up",
            "java.lang.IllegalStateException: out\n\tat shop.Cart.pay(Cart.java:7)",
            "java.lang.IllegalStateException: err\n\tat shop.Cart.pay(Cart.java:8)");
  }

  @Test
  void aTraceBehindHalfALineIsShippedAllTheSame() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("up");
    fixture.start().expect("up");
    String trace = "java.lang.IllegalStateException: x\n\tat shop.Cart.pay(Cart.java:7)";
    for (String line : trace.split("\n", -1)) {
      log.out(line);
    }
    String half = log.cri("stdout", "F", "its writer died");
    log.raw(half.substring(0, 40));
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.messages().contains(trace));
    log.raw(half.substring(40));
    fixture.expect("up", trace, "its writer died");
  }

  private static String docker(String log, int nanos) {
    return "{\"log\":\"%s\",\"stream\":\"stdout\",\"time\":\"2026-11-23T06:00:00.00000000%dZ\"}\n"
        .formatted(log, nanos);
  }
}
