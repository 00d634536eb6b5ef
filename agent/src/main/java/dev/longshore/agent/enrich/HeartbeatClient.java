package dev.longshore.agent.enrich;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// A JDK HTTP client whose WebSockets end when the other side falls silent.
///
/// See [Heartbeat]. All else is the delegate's. Threads: any.
final class HeartbeatClient extends HttpClient {
  private final HttpClient delegate;
  private final Clock clock;

  HeartbeatClient(HttpClient delegate, Clock clock) {
    this.delegate = delegate;
    this.clock = clock;
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return new HeartbeatBuilder(delegate.newWebSocketBuilder(), clock);
  }

  private static final class HeartbeatBuilder implements WebSocket.Builder {
    private final WebSocket.Builder builder;
    private final Clock clock;

    HeartbeatBuilder(WebSocket.Builder builder, Clock clock) {
      this.builder = builder;
      this.clock = clock;
    }

    @Override
    public WebSocket.Builder header(String name, String value) {
      var _ = builder.header(name, value);
      return this;
    }

    @Override
    public WebSocket.Builder connectTimeout(Duration timeout) {
      var _ = builder.connectTimeout(timeout);
      return this;
    }

    @Override
    public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
      var _ = builder.subprotocols(mostPreferred, lesserPreferred);
      return this;
    }

    @Override
    public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
      return builder.buildAsync(uri, new Heartbeat(listener, clock));
    }
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return delegate.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return delegate.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return delegate.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return delegate.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return delegate.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return delegate.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return delegate.authenticator();
  }

  @Override
  public Version version() {
    return delegate.version();
  }

  @Override
  public Optional<Executor> executor() {
    return delegate.executor();
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return delegate.send(request, handler);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return delegate.sendAsync(request, handler);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.@Nullable PushPromiseHandler<T> pushes) {
    return delegate.sendAsync(request, handler, pushes);
  }

  @Override
  public void shutdown() {
    delegate.shutdown();
  }

  @Override
  public void shutdownNow() {
    delegate.shutdownNow();
  }

  @Override
  public boolean awaitTermination(Duration duration) throws InterruptedException {
    return delegate.awaitTermination(duration);
  }

  @Override
  public boolean isTerminated() {
    return delegate.isTerminated();
  }

  @Override
  public void close() {
    delegate.close();
  }

  /// A builder of the delegate that gives such a client.
  static HttpClient.Builder builder(HttpClient.Builder delegate, Clock clock) {
    return new ClientBuilder(delegate, clock);
  }

  private record ClientBuilder(HttpClient.Builder delegate, Clock clock)
      implements HttpClient.Builder {
    @Override
    public HttpClient build() {
      return new HeartbeatClient(delegate.build(), clock);
    }

    @Override
    public HttpClient.Builder cookieHandler(CookieHandler handler) {
      var _ = delegate.cookieHandler(handler);
      return this;
    }

    @Override
    public HttpClient.Builder connectTimeout(Duration duration) {
      var _ = delegate.connectTimeout(duration);
      return this;
    }

    @Override
    public HttpClient.Builder sslContext(SSLContext context) {
      var _ = delegate.sslContext(context);
      return this;
    }

    @Override
    public HttpClient.Builder sslParameters(SSLParameters parameters) {
      var _ = delegate.sslParameters(parameters);
      return this;
    }

    @Override
    public HttpClient.Builder executor(Executor executor) {
      var _ = delegate.executor(executor);
      return this;
    }

    @Override
    public HttpClient.Builder followRedirects(Redirect policy) {
      var _ = delegate.followRedirects(policy);
      return this;
    }

    @Override
    public HttpClient.Builder version(Version version) {
      var _ = delegate.version(version);
      return this;
    }

    @Override
    public HttpClient.Builder priority(int priority) {
      var _ = delegate.priority(priority);
      return this;
    }

    @Override
    public HttpClient.Builder proxy(ProxySelector selector) {
      var _ = delegate.proxy(selector);
      return this;
    }

    @Override
    public HttpClient.Builder authenticator(Authenticator authenticator) {
      var _ = delegate.authenticator(authenticator);
      return this;
    }
  }
}
