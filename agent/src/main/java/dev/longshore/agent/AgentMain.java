package dev.longshore.agent;

import dev.longshore.agent.buffer.BufferException;
import dev.longshore.agent.buffer.BufferException.Reason;
import dev.longshore.agent.command.Commands;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.command.Foreground;
import dev.longshore.shared.command.StandardOutput;
import dev.longshore.shared.command.Usage;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.log.Logging;
import dev.longshore.shared.net.NameCache;
import dev.longshore.shared.runtime.BuildInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The command line of the agent: turns arguments into a configuration and signals into an end.
public final class AgentMain {
  private AgentMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    NameCache.configure();
    StandardOutput out = StandardOutput.ofProcess();
    int code = run(List.of(arguments), out.stream());
    System.exit(out.exitCode(code, "longshore agent", System.err));
  }

  private static int run(List<String> arguments, PrintStream out) throws InterruptedException {
    Commands commands = new Commands(System.getenv(), Clock.system(), out, System.err);
    if (!arguments.isEmpty()
        && arguments.getFirst().startsWith("-")
        && Usage.isAskedFor(arguments)) {
      return commands.run(List.of("--help"));
    }
    if (!arguments.isEmpty() && Commands.has(arguments.getFirst())) {
      return commands.run(arguments);
    }
    if (arguments.contains("--check")) {
      List<String> rest = new ArrayList<>(arguments);
      rest.remove("--check");
      rest.addFirst("--check");
      return commands.run(rest);
    }
    String file;
    try {
      Arguments words = new Arguments(arguments, Set.of("--config"), Set.of("--version"), 0);
      if (words.has("--version")) {
        return commands.run(List.of("--version"));
      }
      file = words.value("--config");
    } catch (Wrong e) {
      return commands.usage(String.valueOf(e.getMessage()));
    }
    if (file == null) {
      return commands.usage("option --config is required");
    }
    return run(Path.of(file));
  }

  private static int run(Path file) throws InterruptedException {
    AgentConfig config;
    try {
      config = AgentConfig.load(file, System.getenv());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return Commands.WRONG;
    }
    Logging.start(Logging.levelFrom(System.getenv()));
    Logger log = LoggerFactory.getLogger(AgentMain.class);
    BuildInfo build = BuildInfo.current();
    log.atInfo()
        .addKeyValue("version", build.version())
        .addKeyValue("revision", build.revision())
        .addKeyValue("configuration", config.effective())
        .log("starting");
    return Foreground.run(signalled -> serve(config, signalled, log), Commands.FAILED, log);
  }

  private static int serve(AgentConfig config, CountDownLatch signalled, Logger log)
      throws InterruptedException {
    Agent agent;
    try {
      agent = Agent.of(config, Clock.system());
    } catch (BufferException e) {
      // What somebody has to change is said in one line; where that may not be all, with the rest.
      boolean isSaid = e.reason() == Reason.LOCKED || e.reason() == Reason.UNUSABLE;
      log.atError().setCause(isSaid ? null : e).log(String.valueOf(e.getMessage()));
      return Commands.FAILED;
    } catch (IllegalArgumentException e) {
      // A certificate or a key that the configuration names can't be used: said by its key.
      List<String> problems = config.elastic().tlsProblems(Clock.system());
      problems.forEach(it -> log.atError().log(it));
      if (problems.isEmpty()) {
        log.atError().setCause(e).log(String.valueOf(e.getMessage()));
      }
      return Commands.WRONG;
    } catch (RuntimeException e) {
      log.atError().setCause(e).log(String.valueOf(e.getMessage()));
      return Commands.FAILED;
    }
    try {
      agent.start();
    } catch (IOException e) {
      log.atError().log(String.valueOf(e.getMessage()));
      agent.close();
      return Commands.FAILED;
    }
    signalled.await();
    agent.stop();
    return Commands.OK;
  }
}
