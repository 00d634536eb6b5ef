package dev.longshore.shared.elastic;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.http.ConnectionReuseStrategy;
import org.apache.http.HttpException;
import org.apache.http.HttpInetConnection;
import org.apache.http.HttpResponse;
import org.apache.http.HttpStatus;
import org.apache.http.config.MessageConstraints;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.impl.client.DefaultClientConnectionReuseStrategy;
import org.apache.http.impl.nio.codecs.DefaultHttpResponseParserFactory;
import org.apache.http.impl.nio.conn.ManagedNHttpClientConnectionFactory;
import org.apache.http.impl.nio.conn.PoolingNHttpClientConnectionManager;
import org.apache.http.impl.nio.reactor.DefaultConnectingIOReactor;
import org.apache.http.impl.nio.reactor.IOReactorConfig;
import org.apache.http.nio.NHttpMessageParser;
import org.apache.http.nio.NHttpMessageParserFactory;
import org.apache.http.nio.conn.NoopIOSessionStrategy;
import org.apache.http.nio.conn.SchemeIOSessionStrategy;
import org.apache.http.nio.conn.ssl.SSLIOSessionStrategy;
import org.apache.http.nio.reactor.IOReactorException;
import org.apache.http.nio.reactor.SessionInputBuffer;
import org.apache.http.nio.util.HeapByteBufferAllocator;
import org.apache.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;

/// Makes the client's pool of connections, which differs from its own in two things: the order of a
/// name's addresses is ours, and informational answers (`103 Early Hints` of a proxy) are passed
/// over, where the client ends the connection.
final class Connections {
  private Connections() {}

  /// @param life after which a connection is not used again
  static PoolingNHttpClientConnectionManager pool(
      IOReactorConfig reactor,
      AddressOrder addresses,
      @Nullable SSLContext tls,
      Duration life,
      int perServer,
      int servers)
      throws IOReactorException {
    SSLIOSessionStrategy secured =
        tls == null
            ? SSLIOSessionStrategy.getDefaultStrategy()
            : new SSLIOSessionStrategy(tls, SSLIOSessionStrategy.getDefaultHostnameVerifier());
    PoolingNHttpClientConnectionManager pool =
        new PoolingNHttpClientConnectionManager(
            new DefaultConnectingIOReactor(reactor),
            new ManagedNHttpClientConnectionFactory(
                null, FinalResponses::new, HeapByteBufferAllocator.INSTANCE),
            RegistryBuilder.<SchemeIOSessionStrategy>create()
                .register("http", NoopIOSessionStrategy.INSTANCE)
                .register("https", secured)
                .build(),
            null,
            addresses,
            life.toMillis(),
            TimeUnit.MILLISECONDS);
    pool.setDefaultMaxPerRoute(perServer);
    pool.setMaxTotal(perServer * servers);
    return pool;
  }

  /// Keeps a connection after an answer, while its name still has the address that it goes to.
  static ConnectionReuseStrategy whileCurrent(AddressOrder addresses) {
    return (response, context) ->
        DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(response, context)
            && (!(HttpCoreContext.adapt(context).getConnection() instanceof HttpInetConnection used)
                || used.getRemoteAddress() == null
                || addresses.isCurrent(used.getRemoteAddress()));
  }

  /// Parses answers, and passes over those that announce another one: 102 to 199. `100 Continue` is
  /// the client's own matter, and `101 Switching Protocols` is never asked for.
  private static final class FinalResponses implements NHttpMessageParser<HttpResponse> {
    private static final NHttpMessageParserFactory<HttpResponse> PARSERS =
        DefaultHttpResponseParserFactory.INSTANCE;

    private final NHttpMessageParser<HttpResponse> parser;

    FinalResponses(SessionInputBuffer buffer, MessageConstraints constraints) {
      this.parser = PARSERS.create(buffer, constraints);
    }

    @Override
    public void reset() {
      parser.reset();
    }

    @Override
    public int fillBuffer(ReadableByteChannel channel) throws IOException {
      return parser.fillBuffer(channel);
    }

    @Override
    public @Nullable HttpResponse parse() throws IOException, HttpException {
      HttpResponse response = parser.parse();
      while (response != null && isInformational(response.getStatusLine().getStatusCode())) {
        parser.reset();
        response = parser.parse();
      }
      return response;
    }

    private static boolean isInformational(int status) {
      return status > HttpStatus.SC_SWITCHING_PROTOCOLS && status < HttpStatus.SC_OK;
    }
  }
}
