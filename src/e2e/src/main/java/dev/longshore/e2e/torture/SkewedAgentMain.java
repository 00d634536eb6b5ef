package dev.longshore.e2e.torture;

import dev.longshore.agent.Agent;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.log.Logging;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/// The agent as its own main runs it, but on a [SkewedClock].
public final class SkewedAgentMain {
  private SkewedAgentMain() {}

  /// @param arguments the configuration and the clock's file
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Logging.start(Logging.levelFrom(System.getenv()));
    AgentConfig config = AgentConfig.load(Path.of(arguments[0]), System.getenv());
    SkewedClock clock = SkewedClock.over(Path.of(arguments[1]));
    CountDownLatch asked = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("signal")
                .unstarted(
                    () -> {
                      asked.countDown();
                      try {
                        // The process is halted below; this keeps it alive until then.
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    int code = 1;
    try {
      Agent agent = Agent.of(config, clock);
      agent.start();
      code = agent.awaitEnd(asked) ? 0 : 1;
      agent.stop();
    } catch (IOException | RuntimeException | Error e) {
      LoggerFactory.getLogger(SkewedAgentMain.class).atError().setCause(e).log("the agent failed");
      code = 1;
    }
    Runtime.getRuntime().halt(code);
  }
}
