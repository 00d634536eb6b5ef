package dev.longshore.shared.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// A command whose output is lost does not call that a success.
final class StandardOutputTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream told = new PrintStream(err, true, StandardCharsets.UTF_8);

  private static StandardOutput failing(String why) {
    return new StandardOutput(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(why);
          }
        },
        false);
  }

  @Test
  void whatIsPrintedArrivesAndTheCommandsOwnCodeStays() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StandardOutput out = new StandardOutput(bytes, false);
    out.stream().print("configuration is valid");

    assertThat(out.exitCode(0, "longshore agent", told)).isZero();
    assertThat(out.exitCode(2, "longshore agent", told)).isEqualTo(2);
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("configuration is valid");
    assertThat(err.size()).isZero();
  }

  @Test
  void aFullDiskIsToldAndIsAFailure() {
    StandardOutput out = failing("No space left on device");
    out.stream().println("a letter");

    assertThat(out.exitCode(0, "longshore agent", told)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "longshore agent: the standard output can't be written: No space left on device");
  }

  @Test
  void whoHasReadEnoughIsToldNothing() {
    StandardOutput out = failing("Broken pipe");
    out.stream().println("the first line of many");

    assertThat(out.isClosed()).isTrue();
    assertThat(out.exitCode(0, "longshore agent", told)).isEqualTo(1);
    assertThat(err.size()).isZero();
  }

  /// Labels and patterns of log lines come from strangers; a file gets them as they are.
  @Test
  void aTerminalIsToldNothingByWhatStrangersWrote() {
    String text = "{pod=\"\u001b]0;mine\u0007\u009b31m\"}\tMünchen 東京 ½\u007f\r\n";
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    ByteArrayOutputStream file = new ByteArrayOutputStream();

    new StandardOutput(terminal, true).stream().println(text);
    new StandardOutput(file, false).stream().println(text);

    assertThat(terminal.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{pod=\"\\u001b]0;mine\\u0007\\u009b31m\"}\tMünchen 東京 ½\\u007f\r\n"
                + System.lineSeparator());
    assertThat(file.toString(StandardCharsets.UTF_8)).isEqualTo(text + System.lineSeparator());
  }
}
