package dev.longshore.rulelab.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.command.Commands;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise: where the laboratory's jar is on the class path, its commands are alerting's.
final class RuleLabTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final Commands commands = new Commands(Map.of(), new ManualClock(), print, print);

  @ParameterizedTest
  @ValueSource(strings = {"test", "backtest", "import", "oncall"})
  void eachCommandHasHelpOfItsOwn(String command) throws InterruptedException {
    assertThat(commands.run(List.of(command, "--help"))).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("usage: longshore alerting " + command);
  }

  @Test
  void theUsageListsThemBelowAlertingsOwn() throws InterruptedException {
    assertThat(commands.run(List.of("help"))).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(
            """
                   longshore alerting test FILE…
                   longshore alerting backtest [FILE…] [--config FILE | --elasticsearch URL] [--since 14d]
                           [--until TIME]\
            """,
            """
              test     runs tests of rules, routing and messages, in virtual time
              backtest what log rules would have done since then: how often they would have fired, for how
                       long,\
            """)
        .endsWith("wrong.\n");
  }

  @Test
  void aTypoNamesThem() throws InterruptedException {
    assertThat(commands.run(List.of("backtets"))).isEqualTo(Commands.WRONG);

    assertThat(out.toString(StandardCharsets.UTF_8)).contains("did you mean 'backtest'?");
  }

  @Test
  void aFileWithoutATestIsNoSuccess(@TempDir Path dir) throws Exception {
    String file = Files.writeString(dir.resolve("test.yml"), "tests: []\n").toString();

    assertThat(commands.run(List.of("test", file))).isEqualTo(Commands.WRONG);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(file + ": there is no test in it; tests are listed below tests:");
  }
}
