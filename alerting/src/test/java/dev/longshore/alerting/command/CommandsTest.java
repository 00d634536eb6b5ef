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

  @Test
  void theProblemIsSaidLastAfterTheUsageOfThatCommandAlone() throws InterruptedException {
    assertThat(commands.run(List.of("drill", "--speed", "2"))).isEqualTo(Commands.WRONG);

    assertThat(out.toString(StandardCharsets.UTF_8).lines().toList())
        .hasSizeLessThan(6)
        .first()
        .asString()
        .startsWith("usage: longshore alerting drill RULE");
    assertThat(out.toString(StandardCharsets.UTF_8).lines().toList().getLast())
        .startsWith("longshore alerting drill: unknown option '--speed'");
  }

  @Test
  void theNearestCommandIsNamedForATypo() throws InterruptedException {
    assertThat(Commands.has("explian")).isTrue();
    assertThat(commands.run(List.of("explian", "DiskFull"))).isEqualTo(Commands.WRONG);

    assertThat(out.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo("longshore alerting: unknown command 'explian'; did you mean 'explain'?");
  }

  @Test
  void eachCommandHasHelpOfItsOwn() throws InterruptedException {
    for (String command : List.of("check", "explain", "drill", "fleet")) {
      out.reset();
      assertThat(commands.run(List.of(command, "--help"))).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8))
          .startsWith("usage: longshore alerting " + command);
    }
  }
}
