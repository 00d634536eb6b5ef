package dev.longshore.alerting;

import dev.longshore.alerting.command.Commands;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.alerting.reload.RoutingFiles;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.command.Foreground;
import dev.longshore.shared.command.Signals;
import dev.longshore.shared.command.StandardOutput;
import dev.longshore.shared.command.Usage;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.log.Logging;
import dev.longshore.shared.net.NameCache;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The command line of alerting: turns arguments into a configuration and signals into an end or a
/// reload.
public final class AlertingMain {
  private AlertingMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    NameCache.configure();
    StandardOutput out = StandardOutput.ofProcess();
    int code = run(List.of(arguments), out.stream());
    System.exit(out.exitCode(code, "longshore alerting", System.err));
  }

  private static int run(List<String> arguments, PrintStream out) throws InterruptedException {
    Commands commands = new Commands(System.getenv(), Clock.system(), out, System.err);
    if (!arguments.isEmpty() && Commands.has(arguments.getFirst())) {
      return commands.run(arguments);
    }
    if (Usage.isAskedFor(arguments)) {
      return commands.run(List.of("--help"));
    }
    if (arguments.contains("--check")) {
      List<String> rest = new ArrayList<>(arguments);
      rest.remove("--check");
      rest.addFirst("check");
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
    AlertingConfig config;
    try {
      config = AlertingConfig.load(Path.of(file), System.getenv());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return Commands.WRONG;
    }
    Logging.start(Logging.levelFrom(System.getenv()));
    Logger log = LoggerFactory.getLogger(AlertingMain.class);
    log.atInfo().addKeyValue("configuration", config.effective()).log("starting");
    return Foreground.run(signalled -> serve(config, signalled, log), Commands.FAILED, log);
  }

  private static int serve(AlertingConfig config, CountDownLatch signalled, Logger log)
      throws InterruptedException {
    PostgresConfig postgres = config.postgres();
    if (postgres == null) {
      return serve(config, null, signalled, log);
    }
    try (Replica replica = new Replica(config, postgres, Clock.system())) {
      // What could not lead is told now, and not when it has to.
      new RoutingFiles(config.routing(), config.onCall(), Clock.system()).read();
      replica.start();
      Replica.Term term = replica.awaitTerm(signalled);
      if (term == null) {
        return Commands.OK;
      }
      var _ = term.election().lost().thenRun(signalled::countDown);
      int code = serve(config, term, signalled, log);
      return term.election().lost().isDone() ? Commands.FAILED : code;
    } catch (BrokenException e) {
      System.err.println(e.getMessage());
      return Commands.WRONG;
    } catch (IllegalArgumentException e) {
      // A certificate or a key by which replicas reach each other can't be used.
      unusable(config, e, log);
      return Commands.WRONG;
    } catch (IOException e) {
      log.atError().log(String.valueOf(e.getMessage()));
      return Commands.FAILED;
    }
  }

  private static int serve(
      AlertingConfig config, Replica.@Nullable Term term, CountDownLatch signalled, Logger log)
      throws InterruptedException {
    Alerting alerting;
    try {
      alerting = Alerting.of(config, Clock.system(), term);
    } catch (BrokenException e) {
      System.err.println(e.getMessage());
      return Commands.WRONG;
    } catch (StateException e) {
      // What somebody has to change is said in one line; where that may not be all, with the rest.
      boolean isSaid = e.getCause() == null || e.getCause() instanceof FileSystemException;
      log.atError().setCause(isSaid ? null : e).log(String.valueOf(e.getMessage()));
      return Commands.FAILED;
    } catch (IllegalArgumentException e) {
      // A certificate or a key that the configuration names can't be used.
      unusable(config, e, log);
      return Commands.WRONG;
    }
    try {
      alerting.start();
    } catch (BrokenException e) {
      System.err.println(e.getMessage());
      alerting.close();
      return Commands.WRONG;
    } catch (IOException e) {
      log.atError().log(String.valueOf(e.getMessage()));
      alerting.close();
      return Commands.FAILED;
    }
    if (!Signals.handle("HUP", () -> reload(alerting))) {
      log.atWarn().log("SIGHUP is not available here; use POST /-/reload");
    }
    signalled.await();
    alerting.close();
    log.atInfo().log("stopped");
    return Commands.OK;
  }

  /// Tells of certificates that can't be used by their keys, one line each; of anything else all
  /// that is known.
  private static void unusable(AlertingConfig config, IllegalArgumentException e, Logger log) {
    List<String> problems = Commands.certificates(config, Clock.system());
    problems.forEach(it -> log.atError().log(it));
    if (problems.isEmpty()) {
      log.atError().setCause(e).log(String.valueOf(e.getMessage()));
    }
  }

  private static void reload(Alerting alerting) {
    try {
      alerting.reload();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
