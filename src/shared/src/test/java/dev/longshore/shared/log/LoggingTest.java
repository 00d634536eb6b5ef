package dev.longshore.shared.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log is one JSON object a line, with fixed keys, and libraries are quiet in it.
class LoggingTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final LoggerContext context = new LoggerContext();

  @Test
  void writesOneFlatJsonObjectALine() throws IOException {
    Logger logger = start("info", "dev.longshore.agent.tail.Tail");

    logger
        .atWarn()
        .setMessage("a file can't be read\n\"now\"")
        .addKeyValue("file", "/var/log/pods/shop_checkout-7d9f_1/app/0.log")
        .addKeyValue("bytes", 12L)
        .addKeyValue("held", true)
        .addKeyValue("ratio", Double.NaN)
        .addKeyValue("message", "not the message")
        .setCause(new IOException("Permission denied"))
        .log();

    Map<String, String> line = parse(lines().getFirst());
    assertThat(lines()).hasSize(1);
    assertThat(line)
        .containsEntry("log.level", "warn")
        .containsEntry("logger", "dev.longshore.agent.tail.Tail")
        .containsEntry("message", "a file can't be read\n\"now\"")
        .containsEntry("file", "/var/log/pods/shop_checkout-7d9f_1/app/0.log")
        .containsEntry("bytes", "12")
        .containsEntry("held", "true")
        .containsEntry("ratio", "NaN")
        .containsEntry("message_", "not the message");
    assertThat(line.get("error.stack_trace")).startsWith("java.io.IOException: Permission denied");
    assertThat(line.get("@timestamp")).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
  }

  @Test
  void keepsLibrariesAtWarn() {
    start("debug", "dev.longshore.agent.Agent").debug("ours");
    for (String library :
        List.of("net.openhft.chronicle", "org.apache.http.wire", "io.fabric8.x")) {
      context.getLogger(library).info("chatter");
      context.getLogger(library).warn("worth it");
    }

    assertThat(lines()).hasSize(4).noneMatch(line -> line.contains("chatter"));
  }

  @Test
  void saysWhenTheLevelIsUnknown() {
    Logger logger = start("loud", "dev.longshore.agent.Agent");
    logger.info("still here");

    assertThat(lines()).hasSize(2);
    assertThat(lines().getFirst())
        .contains("unknown log level", "\"level\":\"loud\"", "trace, debug, info, warn, error");
  }

  @Test
  void takesTheLevelFromTheEnvironment() {
    assertThat(Logging.levelFrom(Map.of())).isEqualTo("INFO");
    assertThat(Logging.levelFrom(Map.of("LONGSHORE_LOG_LEVEL", " "))).isEqualTo("INFO");
    assertThat(Logging.levelFrom(Map.of("LONGSHORE_LOG_LEVEL", "debug"))).isEqualTo("debug");
  }

  @Test
  void isQuietBeforeItIsStarted() {
    assertThat(LoggerFactory.getLogger("net.openhft").isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("dev.longshore").isWarnEnabled()).isTrue();
  }

  @Test
  void leavesStderrOpenWhenItIsSetUpAgain() throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                LoggingTest.class.getName())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(stderr.lines()).hasSize(2).allMatch(line -> line.startsWith("{\"@timestamp\""));
    assertThat(stderr).contains("before").contains("after");
  }

  /// What the test above runs in a process of its own.
  public static void main(String[] args) {
    LoggerFactory.getLogger("dev.longshore").warn("before");
    Logging.start("info");
    LoggerFactory.getLogger("dev.longshore").info("after");
  }

  private Logger start(String level, String name) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    Logging.configure(context, level, out);
    return context.getLogger(name);
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static Map<String, String> parse(String line) throws IOException {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        assertThat(json.nextToken().isScalarValue()).isTrue();
        members.put(name, json.getText());
      }
    }
    return members;
  }

  @Test
  void isTextForAPersonAtATerminalAndJsonForEverythingElse() {
    assertThat(Logging.isText(null, true)).isTrue();
    assertThat(Logging.isText(null, false)).isFalse();
    assertThat(Logging.isText("json", true)).isFalse();
    assertThat(Logging.isText("text", false)).isTrue();
  }

  @Test
  void textHasValuesBehindTheMessageAndThoseOfSeveralLinesBelow() {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Logging.configure(context, "info", true, text);

    context
        .getLogger("agent")
        .atWarn()
        .addKeyValue("pods", 3)
        .addKeyValue("configuration", "buffer:\n  dir: /var/lib/longshore\n")
        .log("starting");

    assertThat(text.toString(StandardCharsets.UTF_8))
        .matches(
            """
            \\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  starting  pods=3
                configuration:
                    buffer:
                      dir: /var/lib/longshore
            """);
  }

  @Test
  void aTerminalObeysNoValue() {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Logging.configure(context, "info", true, text);

    context
        .getLogger("agent")
        .atWarn()
        .addKeyValue("path", "/a\u001b[2J\rforged\u0007\u202e\tb")
        .log("a request was refused");

    assertThat(text.toString(StandardCharsets.UTF_8))
        .endsWith("path=/a\\u001b[2J\\u000dforged\\u0007\\u202e\tb\n");
  }
}
