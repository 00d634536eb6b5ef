package dev.longshore.shared.elastic;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.Authority;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.http.HttpHost;
import org.elasticsearch.client.Node;
import org.jspecify.annotations.Nullable;

/// The configured URLs and which of them failed lately. Requests go round those that work; one that
/// failed is passed over for a second, then for twice as long after each further failure, up to
/// [#LONGEST_PAUSE], and is then tried by one request before it gets more.
///
/// The low-level client has such a rule of its own, but begins at a minute and repeats a request on
/// the next server even when the first may have processed it. It is given one server a request
/// instead.
final class Servers {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  private final List<Server> all;
  private final Clock clock;

  /// Guarded by this, like what the servers hold.
  private int turn;

  Servers(List<URI> urls, Clock clock) {
    this.all = urls.stream().map(Server::new).toList();
    this.clock = clock;
  }

  List<Server> all() {
    return all;
  }

  /// The next in turn that works, else the one whose pause ends first.
  ///
  /// @param tried those that are out of the question
  /// @return null when all were tried
  synchronized @Nullable Server next(Set<Server> tried) {
    long now = clock.nanoTime();
    Server best = null;
    long bestWait = Long.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      Server server = all.get((turn + i) % all.size());
      if (tried.contains(server)) {
        continue;
      }
      long wait = server.failures == 0 ? 0 : Math.max(0, server.pausedUntilNanos - now);
      if (wait < bestWait) {
        best = server;
        bestWait = wait;
      }
    }
    if (best != null) {
      turn = all.indexOf(best) + 1;
      if (best.failures > 0) {
        best.pausedUntilNanos = now + pause(best.failures).toNanos();
      }
    }
    return best;
  }

  synchronized void failed(Server server) {
    server.failures = Math.min(server.failures + 1, 30);
    server.pausedUntilNanos = clock.nanoTime() + pause(server.failures).toNanos();
  }

  synchronized void worked(Server server) {
    server.failures = 0;
  }

  private static Duration pause(int failures) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /// One URL.
  static final class Server {
    private final URI url;
    private final String host;
    private final Node node;
    private final String prefix;
    private int failures;
    private long pausedUntilNanos;

    Server(URI url) {
      this.url = url;
      Authority authority = Authority.of(url);
      if (authority == null) {
        throw new IllegalArgumentException("a server's URL names no host");
      }
      boolean tls = "https".equals(url.getScheme());
      int port = authority.port() < 0 ? (tls ? 443 : 80) : authority.port();
      this.host = authority.host();
      this.node = new Node(new HttpHost(host, port, url.getScheme()));
      String path = url.getRawPath() == null ? "" : url.getRawPath();
      this.prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    Node node() {
      return node;
    }

    String host() {
      return host;
    }

    /// The path of the URL, which goes before that of a request; without a slash at its end.
    String prefix() {
      return prefix;
    }

    @Override
    public String toString() {
      return url.toString();
    }
  }
}
