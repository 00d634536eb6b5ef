package dev.longshore.e2e.torture;

import dev.longshore.agent.Agent;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.command.Foreground;
import dev.longshore.shared.log.Logging;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent as its own main runs it, but on a [SkewedClock].
public final class SkewedAgentMain {
  private SkewedAgentMain() {}

  /// @param arguments the configuration and the clock's file
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Logging.start(Logging.levelFrom(System.getenv()));
    AgentConfig config = AgentConfig.load(Path.of(arguments[0]), System.getenv());
    SkewedClock clock = SkewedClock.over(Path.of(arguments[1]));
    Logger log = LoggerFactory.getLogger(SkewedAgentMain.class);
    Foreground.run(asked -> serve(config, clock, asked, log), 1, log);
  }

  private static int serve(AgentConfig config, SkewedClock clock, CountDownLatch asked, Logger log)
      throws InterruptedException {
    try {
      Agent agent = Agent.of(config, clock);
      agent.start();
      asked.await();
      agent.stop();
      return 0;
    } catch (IOException e) {
      log.atError().setCause(e).log("the agent failed");
      return 1;
    }
  }
}
