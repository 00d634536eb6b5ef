package dev.longshore.agent.ops;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes the node's report each minute, for `longshore fleet` and the page of alerting. What
/// can't be published is said once an hour and keeps nothing else from working: the next report has
/// all that this one had.
public final class NodeReportPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeReportPublisher.class);

  /// The first one comes early, so that a new node is seen.
  private static final Duration FIRST = Duration.ofSeconds(5);

  private static final Duration EVERY = Duration.ofMinutes(1);

  /// How old the last turn may be: a request to a server that hangs ends well before.
  private static final Duration MAX_TURN_AGE = Duration.ofMinutes(10);

  private final NodeReports reports;
  private final NodeReporter reporter;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final SupervisedThread thread;

  public NodeReportPublisher(
      NodeReports reports, NodeReporter reporter, Clock clock, Supervisor supervisor) {
    this.reports = reports;
    this.reporter = reporter;
    this.clock = clock;
    this.warnings = new RateLimitedLogger(LOG, clock, Duration.ofHours(1));
    this.thread = supervisor.virtual("fleet", MAX_TURN_AGE, this::run);
  }

  public void start() {
    thread.start();
  }

  private void run() throws InterruptedException {
    Duration pause = FIRST;
    while (true) {
      clock.sleep(pause);
      publish(false);
      thread.turned();
      pause = EVERY;
    }
  }

  /// Publishes what holds now.
  ///
  /// @param last whether this agent says no more
  public synchronized void publish(boolean last) {
    try {
      reports.put(reporter.report(last));
    } catch (IOException | RuntimeException e) {
      warnings.warn(
          "publish",
          log -> {
            var _ =
                log.addKeyValue("reason", FailureText.of(e))
                    .setMessage(
                        "the node's report was not published; the fleet's page and longshore fleet"
                            + " show this node without it");
          });
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
