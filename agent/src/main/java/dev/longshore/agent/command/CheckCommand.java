package dev.longshore.agent.command;

import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `longshore agent check --config FILE`: everything that is wrong with the configuration and with
/// the certificates that it names, at once. With `--connect` also whether the agent could work with
/// it here: see [ConnectionCheck]. Nothing is changed, on this machine or elsewhere. Exit code 2
/// when a file is wrong, 1 when a part of what `--connect` tries fails.
final class CheckCommand {
  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;

  CheckCommand(Map<String, String> environment, Clock clock, PrintStream out) {
    this.environment = environment;
    this.clock = clock;
    this.out = out;
  }

  int run(List<String> words) throws Wrong {
    Arguments arguments =
        new Arguments(words, Set.of("--config"), Set.of("--show", "--connect"), 0);
    String file = arguments.value("--config");
    if (file == null) {
      throw new Wrong("option --config is required");
    }
    AgentConfig config = AgentConfig.load(Path.of(file), environment);
    if (arguments.has("--show")) {
      out.print(config.effective());
    }
    List<String> problems = config.elastic().tlsProblems(clock);
    if (!problems.isEmpty()) {
      problems.forEach(it -> out.println(file + ": " + it));
      return Commands.WRONG;
    }
    out.println(file + ": configuration is valid");
    if (!arguments.has("--connect")) {
      return Commands.OK;
    }
    return new ConnectionCheck(config, clock, out).run() ? Commands.OK : Commands.FAILED;
  }
}
