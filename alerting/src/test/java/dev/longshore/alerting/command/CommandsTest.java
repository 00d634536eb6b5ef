package dev.longshore.alerting.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every command line has.
final class CommandsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final Commands commands = new Commands(Map.of(), new ManualClock(), print, print);

  @Test
  void theVersionAndTheRevisionArePrinted() throws InterruptedException {
    assertThat(Commands.has("--version")).isTrue();
    assertThat(commands.run(List.of("--version"))).isEqualTo(Commands.OK);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .matches("longshore alerting \\S+ \\(revision \\S+\\)\n");
  }
}
