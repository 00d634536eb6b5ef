package dev.longshore.agent.bulk;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.RefusedException;
import dev.longshore.shared.elastic.TemplateOutcome;
import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A transport that sends nothing to a data stream of ours before its index template is there: the
/// first document would create the stream with whatever mapping happens to match. Whether it still
/// is there is looked at every [#CHECK_AGAIN], while documents go on.
///
/// A data stream that is not ours, such as one that a pod's annotation names, gets no template: its
/// documents go under the one that the server has for it.
///
/// What happens when the template is refused: nothing is sent, the logs stay buffered, and it is
/// tried again with each request, which the destination's backoff spaces out. A user who may not
/// install templates (403) is believed after [#PATIENCE]: documents then go all the same, since
/// somebody else sees to templates.
public final class PreparedTransport implements BulkTransport {
  /// How long a template that was deleted may be missing.
  static final Duration CHECK_AGAIN = Duration.ofMinutes(15);

  /// How long a 403 may be one that passes.
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(PreparedTransport.class);
  private static final String BLOCKED = "cluster_block_exception";

  private final BulkTransport transport;
  private final Predicate<String> ours;
  private final Installer installer;
  private final Executor background;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final Map<String, Long> checkedNanos = new ConcurrentHashMap<>();
  private final Map<String, Long> forbiddenSinceNanos = new ConcurrentHashMap<>();

  /// Installs the index template of a data stream where it is missing or older.
  @FunctionalInterface
  public interface Installer {
    TemplateOutcome install(String dataStream) throws IOException;
  }

  /// @param ours which data streams get our template
  /// @param background where an installation may block
  public PreparedTransport(
      BulkTransport transport,
      Predicate<String> ours,
      Installer installer,
      Executor background,
      Clock clock) {
    this.transport = transport;
    this.ours = ours;
    this.installer = installer;
    this.background = background;
    this.clock = clock;
    this.warnings = new RateLimitedLogger(LOG, clock, Duration.ofMinutes(1));
  }

  @Override
  public CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
    if (!ours.test(dataStream)) {
      return transport.bulk(dataStream, body, length, items, withIndexNames);
    }
    Long checked = checkedNanos.get(dataStream);
    if (checked != null) {
      if (clock.nanoTime() - checked >= CHECK_AGAIN.toNanos()) {
        checkedNanos.put(dataStream, clock.nanoTime());
        background.execute(() -> checkAgain(dataStream));
      }
      return transport.bulk(dataStream, body, length, items, withIndexNames);
    }
    return CompletableFuture.supplyAsync(() -> prepare(dataStream), background)
        .thenCompose(
            obstacle ->
                obstacle.isEmpty()
                    ? transport.bulk(dataStream, body, length, items, withIndexNames)
                    : CompletableFuture.completedFuture(obstacle.get()));
  }

  /// @return why nothing can be sent yet, if so
  private Optional<BulkReply> prepare(String dataStream) {
    try {
      TemplateOutcome outcome = installer.install(dataStream);
      ready(dataStream);
      LOG.atInfo()
          .addKeyValue("dataStream", dataStream)
          .addKeyValue("outcome", outcome)
          .log("index template checked");
      return Optional.empty();
    } catch (RefusedException e) {
      if (e.status() == 401) {
        return Optional.of(
            new BulkReply.Refused(401, "security_exception", String.valueOf(e.getMessage()), null));
      }
      if (e.status() == 403 && !e.type().equals(BLOCKED)) {
        long now = clock.nanoTime();
        Long since = forbiddenSinceNanos.putIfAbsent(dataStream, now);
        if (since != null && now - since >= PATIENCE.toNanos()) {
          ready(dataStream);
          LOG.atWarn()
              .addKeyValue("dataStream", dataStream)
              .addKeyValue("reason", e.getMessage())
              .log("not allowed to install index templates; documents go under existing ones");
          return Optional.empty();
        }
      }
      return waitFor(dataStream, e);
    } catch (IOException | RuntimeException e) {
      return waitFor(dataStream, e);
    }
  }

  private void ready(String dataStream) {
    forbiddenSinceNanos.remove(dataStream);
    checkedNanos.put(dataStream, clock.nanoTime());
  }

  private void checkAgain(String dataStream) {
    try {
      if (installer.install(dataStream) == TemplateOutcome.INSTALLED) {
        LOG.atInfo()
            .addKeyValue("dataStream", dataStream)
            .log("index template was missing or older; installed again");
      }
    } catch (IOException | RuntimeException e) {
      warnings.warn(
          "again " + dataStream,
          log -> {
            var _ =
                log.addKeyValue("dataStream", dataStream)
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .setMessage("index template could not be checked again");
          });
    }
  }

  private Optional<BulkReply> waitFor(String dataStream, Exception cause) {
    String reason = "index template could not be installed: " + cause.getMessage();
    warnings.warn(
        dataStream,
        log -> {
          var _ =
              log.addKeyValue("dataStream", dataStream)
                  .addKeyValue("reason", String.valueOf(cause.getMessage()))
                  .setMessage(
                      "index template could not be installed; sending is paused until it is");
        });
    return Optional.of(new BulkReply.Unreadable(reason, false, cause));
  }
}
