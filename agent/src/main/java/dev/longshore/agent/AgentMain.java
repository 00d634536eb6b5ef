package dev.longshore.agent;

import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.ops.Explain;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.log.Logging;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The command line of the agent: turns arguments into a configuration and signals into an end.
public final class AgentMain {
  private static final String USAGE =
      """
      usage: longshore agent --config FILE
             longshore agent --check --config FILE
             longshore agent explain NAMESPACE/POD [--url http://HOST:PORT]
      """;

  /// The exit codes: all is well, something failed, and the command line or configuration is wrong.
  private static final int OK = 0;

  private static final int FAILED = 1;
  private static final int WRONG = 2;

  private AgentMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) throws InterruptedException {
    if (!arguments.isEmpty() && arguments.getFirst().equals("explain")) {
      return explain(arguments.subList(1, arguments.size()));
    }
    boolean check = false;
    Path file = null;
    for (int i = 0; i < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case "--check" -> check = true;
        case "--config" -> {
          if (++i == arguments.size()) {
            return usage("no file behind --config");
          }
          file = Path.of(arguments.get(i));
        }
        case "-h", "--help" -> {
          System.out.print(USAGE);
          return OK;
        }
        default -> {
          return usage("what is '" + arguments.get(i) + "'?");
        }
      }
    }
    if (file == null) {
      return usage("no --config");
    }
    return run(file, check);
  }

  private static int run(Path file, boolean check) throws InterruptedException {
    AgentConfig config;
    try {
      config = AgentConfig.load(file, System.getenv());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return WRONG;
    }
    if (check) {
      System.out.print(config.effective());
      System.out.println(file + " is good.");
      return OK;
    }
    Logging.start(Logging.levelFrom(System.getenv()));
    Logger log = LoggerFactory.getLogger(AgentMain.class);
    log.atInfo().addKeyValue("configuration", config.effective()).log("starting");
    CountDownLatch signalled = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("signal")
                .unstarted(
                    () -> {
                      signalled.countDown();
                      try {
                        // The process is halted below; this keeps it alive until then.
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    int code = FAILED;
    try {
      code = serve(config, signalled, log);
    } catch (RuntimeException | Error e) {
      log.atError().setCause(e).log("the agent failed");
    }
    // A signal's exit code would be 143; an end that was asked for, and clean, is a success.
    Runtime.getRuntime().halt(code);
    return code;
  }

  private static int serve(AgentConfig config, CountDownLatch signalled, Logger log)
      throws InterruptedException {
    Agent agent;
    try {
      agent = Agent.of(config, Clock.system());
    } catch (RuntimeException e) {
      log.atError().setCause(e).log(String.valueOf(e.getMessage()));
      return FAILED;
    }
    try {
      agent.start();
    } catch (IOException e) {
      log.atError().log(String.valueOf(e.getMessage()));
      agent.close();
      return FAILED;
    }
    boolean asked = agent.awaitEnd(signalled);
    agent.stop();
    return asked ? OK : FAILED;
  }

  private static int explain(List<String> arguments) throws InterruptedException {
    URI ops = URI.create("http://127.0.0.1:9600");
    String pod = null;
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).equals("--url") && i + 1 < arguments.size()) {
        ops = URI.create(arguments.get(++i));
      } else if (pod == null) {
        pod = arguments.get(i);
      } else {
        return usage("what is '" + arguments.get(i) + "'?");
      }
    }
    if (pod == null) {
      return usage("no pod");
    }
    try {
      return new Explain(ops, System.out).print(pod);
    } catch (IOException e) {
      System.err.println("longshore agent explain: " + e.getMessage());
      return FAILED;
    }
  }

  private static int usage(String problem) {
    System.err.println("longshore agent: " + problem);
    System.err.print(USAGE);
    return WRONG;
  }
}
