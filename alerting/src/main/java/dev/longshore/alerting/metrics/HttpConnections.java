package dev.longshore.alerting.metrics;

import dev.longshore.shared.clock.Clock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP client of a source, made anew when a file for its TLS has changed, or what DNS says of
/// its host: a client that is always busy would keep its connections to a server that was replaced.
/// Safe for use by any thread.
final class HttpConnections implements AutoCloseable {
  static final int CONNECT_SECONDS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(HttpConnections.class);

  private final String host;
  private final TlsFiles tls;
  private final Clock clock;
  private final Executor executor;

  // Guarded by this.
  private List<FileTime> changed;
  private Set<InetAddress> addresses = Set.of();
  private HttpClient client;

  /// @param host the source's
  /// @throws IllegalArgumentException when a file can't be used
  HttpConnections(String host, TlsFiles tls, Clock clock, Executor executor) {
    this.host = host;
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

  /// The client to use now. Blocks while the name is being resolved. New files that can't be used
  /// leave the old ones in force, and so does a name that is not known.
  HttpClient client() {
    return client(resolved());
  }

  private synchronized HttpClient client(Set<InetAddress> resolved) {
    boolean moved = !resolved.isEmpty() && !addresses.isEmpty() && !resolved.equals(addresses);
    if (!resolved.isEmpty()) {
      addresses = resolved;
    }
    List<FileTime> now = tls.changed();
    if (moved || !now.equals(changed)) {
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

  /// The addresses of the host, as DNS said them some seconds ago at most; empty when it has none.
  private Set<InetAddress> resolved() {
    try {
      return new HashSet<>(Arrays.asList(InetAddress.getAllByName(host)));
    } catch (UnknownHostException e) {
      // The request says so, in words.
      return Set.of();
    }
  }

  @Override
  public synchronized void close() {
    client.shutdownNow();
  }
}
