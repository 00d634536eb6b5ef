package dev.longshore.agent.bulk;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks Elasticsearch once, as soon as it answers, which privileges the agent's user lacks, and
/// logs them by name. It changes nothing: what is refused later is told where it is refused.
public final class PrivilegeCheck implements AutoCloseable {
  /// Until an Elasticsearch is asked again that did not answer.
  static final Duration AGAIN = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(PrivilegeCheck.class);

  private final Elastic elastic;
  private final String dataStream;
  private final Clock clock;
  private final Thread thread;

  public PrivilegeCheck(Elastic elastic, String dataStream, Clock clock) {
    this.elastic = elastic;
    this.dataStream = dataStream;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("elastic-privileges").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!asked()) {
        clock.sleep(AGAIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return whether the server has answered
  private boolean asked() {
    try {
      List<String> writing = AgentPrivileges.writing(dataStream).missing(elastic).orElse(List.of());
      if (!writing.isEmpty()) {
        LOG.atWarn()
            .addKeyValue("missing", writing)
            .log("Elasticsearch's user lacks privileges of the role longshore_writer");
      }
      List<String> repairing =
          AgentPrivileges.repairing(dataStream).missing(elastic).orElse(List.of());
      if (!repairing.isEmpty()) {
        LOG.atWarn()
            .addKeyValue("missing", repairing)
            .log(
                "Elasticsearch's user lacks privileges of the role longshore_repair; documents whose"
                    + " answer is lost while a data stream rolls over can be doubled");
      }
      return true;
    } catch (IOException e) {
      // A server that is away, and a wrong password, are told by shipping.
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
