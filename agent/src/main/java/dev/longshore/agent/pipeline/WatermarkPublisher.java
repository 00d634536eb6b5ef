package dev.longshore.agent.pipeline;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes, each few seconds, up to when this node's logs are searchable: what log rules wait for
/// before they judge that something is absent.
public final class WatermarkPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatermarkPublisher.class);

  /// Rules that wait for the watermark wait this much longer at the most.
  private static final Duration EVERY = Duration.ofSeconds(3);

  /// How old the last turn may be: a request to a server that hangs ends well before.
  private static final Duration MAX_TURN_AGE = Duration.ofMinutes(10);

  private final Watermarks watermarks;
  private final SearchableWatermark completed;
  private final String clusterName;
  private final String nodeName;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final SupervisedThread thread;

  public WatermarkPublisher(
      Watermarks watermarks,
      SearchableWatermark completed,
      String clusterName,
      String nodeName,
      Clock clock,
      Supervisor supervisor) {
    this.watermarks = watermarks;
    this.completed = completed;
    this.clusterName = clusterName;
    this.nodeName = nodeName;
    this.clock = clock;
    this.warnings = new RateLimitedLogger(LOG, clock, Duration.ofMinutes(1));
    this.thread = supervisor.virtual("watermark", MAX_TURN_AGE, this::run);
  }

  public void start() {
    thread.start();
  }

  private void run() throws InterruptedException {
    while (true) {
      clock.sleep(EVERY);
      publish(false);
      thread.turned();
    }
  }

  /// Publishes what holds now, if anything does yet.
  ///
  /// @param last whether this agent says no more: everything that it read is searchable
  public void publish(boolean last) {
    var now = completed.watermark();
    if (now.isEmpty()) {
      return;
    }
    List<Watermark.Behind> behind =
        now.get().behind().entrySet().stream()
            .map(late -> new Watermark.Behind(late.getKey(), instant(late.getValue())))
            .toList();
    try {
      watermarks.put(
          new Watermark(
              clusterName,
              nodeName,
              Instant.ofEpochMilli(clock.epochMillis()),
              instant(now.get().epochNanos()),
              last,
              behind));
    } catch (IOException | RuntimeException e) {
      warnings.warn(
          "publish",
          log -> {
            var _ =
                log.addKeyValue("reason", FailureText.of(e))
                    .setMessage("the watermark was not published; it is tried again");
          });
    }
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
