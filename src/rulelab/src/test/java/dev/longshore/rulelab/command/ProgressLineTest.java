package dev.longshore.rulelab.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Promise: progress is seen on a terminal as it goes, and fills no log file.
final class ProgressLineTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private String shown(boolean terminal) {
    ProgressLine line =
        new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, "Errors");
    for (int i = 0; i <= 1_000; i++) {
      line.show(i / 1_000.0);
    }
    line.end();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void elsewhereItIsALineForEachTenth() {
    assertThat(shown(false).lines()).hasSize(11).startsWith("Errors: 0%").endsWith("Errors: 100%");
  }

  @Test
  void onATerminalABarIsDrawnInPlaceAndTakenAway() {
    assertThat(shown(true))
        .contains("\rErrors ▕███████████████               ▏ 50%")
        .doesNotContain("\n")
        .endsWith("\r\u001b[K");
  }
}
