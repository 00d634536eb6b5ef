package dev.longshore.shared.elastic;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.FileTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.http.ContentTooLongException;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHeaders;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.impl.nio.client.HttpAsyncClientBuilder;
import org.apache.http.impl.nio.conn.PoolingNHttpClientConnectionManager;
import org.apache.http.impl.nio.reactor.IOReactorConfig;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.reactor.IOReactorException;
import org.elasticsearch.client.HeapBufferedAsyncResponseConsumer;
import org.elasticsearch.client.Node;
import org.elasticsearch.client.NodeSelector;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.ResponseListener;
import org.elasticsearch.client.RestClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One attempt of one request on one server, through the Elasticsearch client's low-level
/// transport, with one I/O thread for all.
///
/// A connection is used while its server's name has its address, which is asked for with each
/// request; so a name that points elsewhere is followed once the JVM, which believes a DNS answer
/// for three seconds, sees it. After [#CONNECTION_LIFE] it is replaced in any case, so that servers
/// that came behind one address get their share.
final class Transport implements AutoCloseable {
  static final Duration CONNECTION_LIFE = Duration.ofMinutes(1);

  /// Servers are near; one that doesn't answer a SYN by then is down, and the next is asked.
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /// The longest answer that is taken into memory: a bulk reply has about 100 bytes an item at
  /// worst.
  static final int MAX_REPLY_BYTES = 16 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
  private static final int CONNECTIONS_PER_SERVER = 64;

  private final ElasticConfig config;
  private final Servers servers;
  private final @Nullable FileTls tls;
  private final ElasticCredentials credentials;
  private final RequestOptions anonymous;

  /// What requests carry, with whose credentials.
  private record Authorized(@Nullable String authorization, RequestOptions options) {}

  private volatile Authorized authorized;

  private final AddressOrder addresses;
  private final Duration connectionLife;

  /// Guarded by this: the server that the request being handed over goes to. The client asks for it
  /// on the thread that hands over.
  private Servers.@Nullable Server target;

  /// Guarded by this.
  private @Nullable RestClient client;

  /// The client's.
  private volatile @Nullable PoolingNHttpClientConnectionManager connections;

  /// Guarded by this.
  private boolean closed;

  /// @throws IllegalArgumentException when a certificate or a file with credentials can't be used
  Transport(ElasticConfig config, Servers servers, Clock clock) {
    this(config, servers, clock, InetAddress::getAllByName, CONNECTION_LIFE);
  }

  /// @param lookup the addresses of a name
  /// @param connectionLife after which a connection is replaced
  Transport(
      ElasticConfig config,
      Servers servers,
      Clock clock,
      AddressOrder.Lookup lookup,
      Duration connectionLife) {
    this.config = config;
    this.connectionLife = connectionLife;
    this.servers = servers;
    this.addresses = new AddressOrder(lookup, Thread::startVirtualThread, clock);
    this.tls =
        config.caFile() == null && config.certFile() == null
            ? null
            : FileTls.of(
                "elasticsearch.", config.caFile(), config.certFile(), config.keyFile(), clock);
    RequestOptions.Builder builder = RequestOptions.DEFAULT.toBuilder();
    builder.addHeader(HttpHeaders.ACCEPT, "application/json");
    builder.addHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
    builder.setHttpAsyncResponseConsumerFactory(
        () -> new BoundedReply(clock, config.requestTimeout().multipliedBy(2)));
    this.anonymous = builder.build();
    this.credentials = new ElasticCredentials(config);
    this.authorized = new Authorized(null, anonymous);
  }

  /// What came of an attempt. Called once, on the I/O thread or on the one that handed over; must
  /// be short.
  interface Listener {
    void replied(HttpReply reply);

    /// @param sent whether the server may have the request
    void failed(Exception cause, boolean sent);
  }

  /// Whether [#send] would not block, whichever server it is for.
  boolean handsOverAtOnce() {
    return servers.all().stream().allMatch(server -> addresses.knows(server.host()));
  }

  /// Hands a request over. Blocks while the server's name is being resolved, no longer: not at all
  /// where its addresses are known.
  ///
  /// @param path with its query, from the slash behind the server's own prefix
  void send(
      Servers.Server server,
      String method,
      String path,
      @Nullable RequestBody body,
      Listener listener) {
    send(server, method, path, body, listener, 1);
  }

  /// @param attempt the how many-th address of the server's name this is
  private void send(
      Servers.Server server,
      String method,
      String path,
      @Nullable RequestBody body,
      Listener listener,
      int attempt) {
    InetAddress[] known;
    try {
      // The client resolves names under the lock of its connection pool, where a slow DNS server
      // would stop every request. Asked here first, the answer is known.
      known = addresses.resolve(server.host());
    } catch (UnknownHostException e) {
      listener.failed(e, false);
      return;
    }
    if (tls != null) {
      tls.refresh();
    }
    closeThoseThatLeft();
    Request request = new Request(method, server.prefix() + path);
    request.setEntity(body);
    request.setOptions(options());
    Unconnected unconnected =
        () -> {
          addresses.failed(server.host(), known[0]);
          if (attempt >= known.length) {
            return false;
          }
          // Not on the I/O thread, which handing over must not wait for.
          Thread.ofVirtual()
              .name("elasticsearch-next-address")
              .start(() -> send(server, method, path, body, listener, attempt + 1));
          return true;
        };
    synchronized (this) {
      if (closed) {
        listener.failed(new IOException("the connection to Elasticsearch is closed"), false);
        return;
      }
      target = server;
      client().performRequestAsync(request, new Attempt(body, listener, unconnected));
      target = null;
    }
  }

  /// What is idle may lead to where the name has left, and would be used next.
  private void closeThoseThatLeft() {
    PoolingNHttpClientConnectionManager open = connections;
    if (open != null && addresses.takeLeft()) {
      open.closeIdleConnections(0, TimeUnit.MILLISECONDS);
    }
  }

  /// The client; a new one when its I/O thread has died, as it does on an `Error`.
  private RestClient client() {
    RestClient current = client;
    if (current != null && current.isRunning()) {
      return current;
    }
    if (current != null) {
      shut(current);
    }
    RestClient created =
        RestClient.builder(servers.all().stream().map(Servers.Server::node).toArray(Node[]::new))
            .setNodeSelector(new OnlyTarget())
            .setRequestConfigCallback(
                request ->
                    request
                        .setConnectTimeout(millis(shorter(CONNECT_TIMEOUT)))
                        .setSocketTimeout(millis(config.requestTimeout()))
                        .setConnectionRequestTimeout(millis(config.requestTimeout()))
                        .setAuthenticationEnabled(false)
                        // Our paths are as they should be; taking them apart costs with each.
                        .setNormalizeUri(false)
                        .setRedirectsEnabled(false))
            .setHttpClientConfigCallback(this::configure)
            .build();
    client = created;
    return created;
  }

  private HttpAsyncClientBuilder configure(HttpAsyncClientBuilder builder) {
    IOReactorConfig reactor =
        IOReactorConfig.custom()
            .setIoThreadCount(1)
            .setConnectTimeout(millis(shorter(CONNECT_TIMEOUT)))
            .setSoTimeout(millis(config.requestTimeout()))
            .setTcpNoDelay(true)
            .setSoKeepAlive(true)
            .build();
    try {
      PoolingNHttpClientConnectionManager pool =
          Connections.pool(
              reactor,
              addresses,
              tls == null ? null : tls.context(),
              connectionLife,
              CONNECTIONS_PER_SERVER,
              servers.all().size());
      connections = pool;
      builder.setConnectionManager(pool);
    } catch (IOReactorException e) {
      throw new UncheckedIOException("no I/O thread for the Elasticsearch client", e);
    }
    return builder
        .setConnectionReuseStrategy(Connections.whileCurrent(addresses))
        .disableCookieManagement()
        .disableAuthCaching();
  }

  /// With the credentials as they are now.
  private RequestOptions options() {
    String now = credentials.authorization();
    Authorized last = authorized;
    if (!Objects.equals(now, last.authorization())) {
      RequestOptions.Builder builder = anonymous.toBuilder();
      if (now != null) {
        builder.addHeader(HttpHeaders.AUTHORIZATION, now);
      }
      last = new Authorized(now, builder.build());
      authorized = last;
    }
    return last.options();
  }

  private Duration shorter(Duration limit) {
    return limit.compareTo(config.requestTimeout()) < 0 ? limit : config.requestTimeout();
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      shut(client);
      client = null;
    }
  }

  private static void shut(RestClient client) {
    try {
      client.close();
    } catch (IOException e) {
      // Its threads end either way, and nothing of ours is lost.
      LOG.atDebug().setCause(e).log("The HTTP client closed with an error");
    }
  }

  /// Leaves the client no choice: it would repeat a request that failed on the next server,
  /// although the first may have processed it.
  private final class OnlyTarget implements NodeSelector {
    @Override
    @SuppressWarnings("GuardedBy") // called on the thread that hands over, which holds the lock
    public void select(Iterable<Node> nodes) {
      Servers.Server only = target;
      for (Iterator<Node> candidates = nodes.iterator(); candidates.hasNext(); ) {
        Node candidate = candidates.next();
        if (only == null || !candidate.getHost().equals(only.node().getHost())) {
          candidates.remove();
        }
      }
    }

    @Override
    public String toString() {
      return "only the server of this attempt";
    }
  }

  /// Reads an answer into memory, up to a limit of bytes and of time.
  private static final class BoundedReply extends HeapBufferedAsyncResponseConsumer {
    private final Clock clock;
    private final Duration limit;
    private final long startNanos;

    BoundedReply(Clock clock, Duration limit) {
      super(MAX_REPLY_BYTES);
      this.clock = clock;
      this.limit = limit;
      this.startNanos = clock.nanoTime();
    }

    @Override
    protected void onContentReceived(ContentDecoder decoder, IOControl control) throws IOException {
      if (clock.nanoTime() - startNanos > limit.toNanos()) {
        throw new SocketTimeoutException(
            "the answer is not complete after " + limit.toSeconds() + "s");
      }
      super.onContentReceived(decoder, control);
    }
  }

  /// What is done when an address takes no connection.
  private interface Unconnected {
    /// @return whether the request is tried with another address
    boolean tryNext();
  }

  /// Turns what the client says into a reply or a failure.
  private record Attempt(@Nullable RequestBody body, Listener listener, Unconnected unconnected)
      implements ResponseListener {

    @Override
    public void onSuccess(Response response) {
      HttpReply reply;
      try {
        reply = read(response);
      } catch (IOException e) {
        listener.failed(e, true);
        return;
      }
      listener.replied(reply);
    }

    @Override
    public void onFailure(Exception failure) {
      if (failure instanceof ResponseException answered) {
        onSuccess(answered.getResponse());
      } else if (!isUnconnected(failure) || !unconnected.tryNext()) {
        listener.failed(failure, body == null || body.started());
      }
    }

    private static boolean isUnconnected(Throwable failure) {
      for (Throwable at = failure; at != null; at = at.getCause()) {
        if (at instanceof ConnectException
            || at instanceof ConnectTimeoutException
            || at instanceof NoRouteToHostException) {
          return true;
        }
      }
      return false;
    }

    private static HttpReply read(Response response) throws IOException {
      byte[] bytes = new byte[0];
      HttpEntity entity = response.getEntity();
      if (entity != null) {
        try (InputStream content = entity.getContent()) {
          // One array where the server says how long it is, as it does; else it grows.
          long length = entity.getContentLength();
          bytes =
              content.readNBytes(
                  length >= 0 && length <= MAX_REPLY_BYTES ? (int) length : MAX_REPLY_BYTES + 1);
        }
        if (bytes.length > MAX_REPLY_BYTES) {
          throw new ContentTooLongException("the answer has more than %d bytes", MAX_REPLY_BYTES);
        }
      }
      return new HttpReply(
          response.getStatusLine().getStatusCode(),
          response.getHeader("X-Elastic-Product"),
          response.getHeader("Retry-After"),
          response.getHeader("Location"),
          bytes);
    }
  }
}
