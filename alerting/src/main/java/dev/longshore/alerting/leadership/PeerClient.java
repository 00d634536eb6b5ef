package dev.longshore.alerting.leadership;

import dev.longshore.alerting.state.postgres.PeerTls;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.ClientTls;
import dev.longshore.shared.tls.FileTls;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The connections to other replicas. Files of [PeerTls] that have changed are read again. Safe for
/// use by any thread.
public final class PeerClient implements AutoCloseable {

  static final Duration CONNECT = Duration.ofSeconds(1);

  private final @Nullable FileTls tls;
  private final HttpClient http;

  /// @param peers how replicas with TLS at their port are reached; null for the JVM's own trust
  /// @throws IllegalArgumentException when a file can't be used, with its name and the reason
  public PeerClient(@Nullable PeerTls peers, Clock clock) {
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    if (peers == null) {
      tls = null;
    } else {
      String name = peers.serverName();
      tls =
          FileTls.of(
              PeerTls.KEY + ".", peers.caFile(), peers.certFile(), peers.keyFile(), name, clock);
      builder.sslContext(tls.context());
      if (name != null) {
        builder.sslParameters(ClientTls.asking(name));
      }
    }
    http = builder.build();
  }

  HttpClient http() {
    if (tls != null) {
      tls.refresh();
    }
    return http;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
