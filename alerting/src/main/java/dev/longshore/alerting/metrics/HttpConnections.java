package dev.longshore.alerting.metrics;

import dev.longshore.shared.clock.Clock;
import java.net.http.HttpClient;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP client of a source, made anew when a file for its TLS has changed. Safe for use by any
/// thread.
final class HttpConnections implements AutoCloseable {
  static final int CONNECT_SECONDS = 5;

  private static final Logger LOG = LoggerFactory.getLogger(HttpConnections.class);

  private final TlsFiles tls;
  private final Clock clock;
  private final Executor executor;

  // Guarded by this.
  private List<FileTime> changed;
  private HttpClient client;

  /// @throws IllegalArgumentException when a file can't be used
  HttpConnections(TlsFiles tls, Clock clock, Executor executor) {
    this.tls = tls;
    this.clock = clock;
    this.executor = executor;
    this.changed = tls.changed();
    this.client = connect();
  }

  private HttpClient connect() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(CONNECT_SECONDS))
            .executor(executor);
    if (!tls.equals(TlsFiles.NONE)) {
      builder.sslContext(tls.context(clock));
    }
    return builder.build();
  }

  /// The client to use now. New files that can't be used leave the old ones in force.
  synchronized HttpClient client() {
    List<FileTime> now = tls.changed();
    if (!now.equals(changed)) {
      changed = now;
      try {
        HttpClient old = client;
        client = connect();
        old.shutdown();
      } catch (IllegalArgumentException e) {
        LOG.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("A changed file for TLS can't be used; the one before stays in force");
      }
    }
    return client;
  }

  @Override
  public synchronized void close() {
    client.shutdownNow();
  }
}
