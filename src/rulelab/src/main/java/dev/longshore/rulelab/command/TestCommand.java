package dev.longshore.rulelab.command;

import dev.longshore.alerting.command.Command;
import dev.longshore.alerting.command.Commands;
import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.rulelab.ruletest.RuleTests;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.config.ConfigException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// `longshore alerting test FILE…`: tests of rules, routing and messages, in virtual time. Exit
/// code 1 when one fails, 2 when a file is broken.
final class TestCommand implements Command {
  private static final int MOST_FILES = 1_000;

  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  TestCommand(Context context) {
    this.clock = context.clock();
    this.out = context.out();
    this.err = context.err();
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public String synopsis() {
    return "test FILE…";
  }

  @Override
  public String purpose() {
    return "runs tests of rules, routing and messages, in virtual time";
  }

  @Override
  public int run(List<String> words) throws Wrong, IOException {
    Arguments arguments = new Arguments(words, Set.of(), Set.of(), MOST_FILES);
    if (arguments.operands().isEmpty()) {
      throw new Wrong("no file; give test files");
    }
    int passed = 0;
    int failed = 0;
    boolean broken = false;
    for (String file : arguments.operands()) {
      out.println(file);
      try {
        List<RuleTests.Result> results = new RuleTests(clock).run(Path.of(file));
        if (results.isEmpty()) {
          err.println(file + ": there is no test in it; tests are listed below tests:");
          broken = true;
        }
        for (RuleTests.Result result : results) {
          out.println((result.passed() ? "  ok      " : "  FAILED  ") + result.name());
          result.findings().forEach(it -> out.println("    " + it));
          passed += result.passed() ? 1 : 0;
          failed += result.passed() ? 0 : 1;
        }
      } catch (ConfigException | BrokenException e) {
        err.println(e.getMessage());
        broken = true;
      }
    }
    out.printf("%d passed, %d failed%n", passed, failed);
    return broken ? Commands.WRONG : failed > 0 ? Commands.FAILED : Commands.OK;
  }
}
