package dev.longshore.agent.bulk;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.RefusedException;
import dev.longshore.shared.elastic.TemplateOutcome;
import dev.longshore.shared.log.Limited;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A transport that sends nothing to a data stream before its index template was checked: the first
/// document would create the stream with whatever mapping happens to match.
///
/// Where the server does not let the agent see to templates (403), documents go all the same: the
/// templates are then somebody else's work. Wrong credentials (401) are no answer to that: nothing
/// is sent.
public final class PreparedTransport implements BulkTransport {
  private static final Logger LOG = LoggerFactory.getLogger(PreparedTransport.class);

  private final BulkTransport transport;
  private final Installer installer;
  private final Executor background;
  private final Limited warnings;
  private final Set<String> prepared = ConcurrentHashMap.newKeySet();

  /// Installs the index template of a data stream where it is missing or older.
  @FunctionalInterface
  public interface Installer {
    TemplateOutcome install(String dataStream) throws IOException;
  }

  /// @param background where an installation may block
  public PreparedTransport(
      BulkTransport transport, Installer installer, Executor background, Clock clock) {
    this.transport = transport;
    this.installer = installer;
    this.background = background;
    this.warnings = new Limited(LOG, clock, Duration.ofMinutes(1));
  }

  @Override
  public CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
    if (prepared.contains(dataStream)) {
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
      prepared.add(dataStream);
      LOG.atInfo()
          .addKeyValue("data_stream", dataStream)
          .addKeyValue("outcome", outcome)
          .log("index template checked");
      return Optional.empty();
    } catch (RefusedException e) {
      if (e.status() == 401) {
        return Optional.of(
            new BulkReply.Refused(401, "security_exception", String.valueOf(e.getMessage()), null));
      }
      if (e.status() == 403) {
        prepared.add(dataStream);
        LOG.atWarn()
            .addKeyValue("data_stream", dataStream)
            .addKeyValue("reason", e.getMessage())
            .log("this user may not install index templates; documents go under those that exist");
        return Optional.empty();
      }
      return waitFor(dataStream, e);
    } catch (IOException | RuntimeException e) {
      return waitFor(dataStream, e);
    }
  }

  private Optional<BulkReply> waitFor(String dataStream, Exception cause) {
    String reason = "index template could not be installed: " + cause.getMessage();
    warnings.warn(
        dataStream,
        log -> {
          var _ =
              log.addKeyValue("data_stream", dataStream)
                  .addKeyValue("reason", String.valueOf(cause.getMessage()))
                  .setMessage(
                      "index template could not be installed; sending is paused until it is");
        });
    return Optional.of(new BulkReply.Unreadable(reason, false, cause));
  }
}
