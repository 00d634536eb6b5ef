package dev.longshore.agent.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.SortedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A private key that a program prints line by line leaves the node no more than one that it prints
/// in one piece.
class PrintedKeyTest {
  private static final String ROW = "Qz7xP2".repeat(11).substring(0, 64);
  private static final int ROWS = 52;

  @ParameterizedTest
  @ValueSource(
      strings = {"", "  ", "2026-11-28 12:00:01 INFO loaded key ", "time=2026-11-28 key=", "KEY="})
  void isRedactedAsOneDocument(String before) {
    StringBuilder log = new StringBuilder();
    Instant time = Instant.parse("2026-11-28T12:00:00.000000001Z");
    String indent = before.isBlank() ? before : "";
    add(log, time, before + "-----BEGIN RSA PRIVATE KEY-----");
    for (int row = 1; row <= ROWS; row++) {
      add(log, time.plusMillis(30L * row), indent + ROW);
    }
    add(log, time.plusMillis(30L * ROWS + 10), indent + "-----END RSA PRIVATE KEY-----");
    add(log, time.plusSeconds(9), "listening");

    SortedMap<Integer, JsonNode> documents = Documents.of(log.toString().getBytes(UTF_8));

    assertThat(documents.keySet()).containsExactly(0, ROWS + 2);
    assertThat(documents.values().toString()).doesNotContain(ROW.substring(0, 20));
    assertThat(Documents.text(documents.firstEntry().getValue(), "/log/flags/1"))
        .isEqualTo("redacted");
  }

  private static void add(StringBuilder log, Instant time, String line) {
    log.append(time).append(" stdout F ").append(line).append('\n');
  }
}
