package dev.longshore.alerting.receiver.http;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.Authority;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.net.HttpDeadline;
import dev.longshore.shared.net.HttpTargets;
import dev.longshore.shared.tls.ClientTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// Sends the requests of one integration: one POST each, with a deadline to the last byte of its
/// answer and a limit to what is read of it. Nothing is repeated behind the caller's back, for a
/// request that is repeated is a message that is doubled, and redirects are not followed. Safe for
/// use by any thread.
///
/// URLs and credentials may be secrets: no failure holds them.
public final class HttpSender implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /// What is read of an answer from which nobody needs more than its beginning.
  public static final int SHORT_ANSWER_BYTES = 16 * 1024;

  static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /// For a `Retry-After` that is a date, which needs a clock that both sides share.
  private static final Duration WAIT_FOR_DATE = Duration.ofSeconds(10);

  private final HttpSettings settings;
  private final Duration timeout;
  private final HttpTrust.Current trust;
  private final @Nullable OAuth2Tokens tokens;

  // Guarded by this.
  private @Nullable HttpClient client;
  private @Nullable HttpTrust clientTrust;

  public HttpSender(HttpSettings settings, Duration timeout) {
    this.settings = settings;
    this.timeout = timeout;
    this.trust = new HttpTrust.Current(settings.tls());
    HttpSettings.OAuth2 oauth2 = settings.oauth2();
    this.tokens = oauth2 == null ? null : new OAuth2Tokens(oauth2, timeout, Clock.system());
  }

  /// The client, made anew when a certificate or a key has changed on disk.
  ///
  /// @throws HttpTrust.UnusableException when one can't be used
  private synchronized HttpClient client() {
    HttpTrust now = trust.get();
    HttpClient before = client;
    if (before != null && now == clientTrust) {
      return before;
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    if (now != null) {
      builder.sslContext(now.context());
    }
    String serverName = settings.tls().serverName();
    if (serverName != null || !settings.tls().versions().isEmpty()) {
      SSLParameters parameters =
          serverName == null ? new SSLParameters() : ClientTls.asking(serverName);
      if (!settings.tls().versions().isEmpty()) {
        parameters.setProtocols(settings.tls().versions().toArray(String[]::new));
      }
      builder.sslParameters(parameters);
    }
    HttpProxies proxies = proxies();
    if (proxies != null) {
      builder.proxy(proxies);
    }
    HttpClient made = builder.build();
    client = made;
    clientTrust = now;
    if (before != null) {
      before.shutdown();
    }
    return made;
  }

  private @Nullable HttpProxies proxies() {
    return HttpProxies.of(settings.proxy(), System.getenv());
  }

  /// Posts, as whom `http_config` or the URL says.
  public HttpReply post(String url, String contentType, String body) {
    return post(url, contentType, body, null, SHORT_ANSWER_BYTES);
  }

  /// Posts.
  ///
  /// @param authorization goes before what `http_config` says; null for that
  /// @param maxBytes of the answer; what is beyond is not read
  public HttpReply post(
      String url, String contentType, String body, @Nullable String authorization, int maxBytes) {
    return send(new Call("POST", url, contentType, body, authorization, Map.of()), maxBytes);
  }

  /// A request.
  ///
  /// @param authorization goes before what `http_config` says; null for that
  /// @param headers sent beside `Content-Type` and `User-Agent`
  public record Call(
      String method,
      String url,
      String contentType,
      String body,
      @Nullable String authorization,
      Map<String, String> headers) {
    public Call {
      headers = Map.copyOf(headers);
    }
  }

  /// Sends a request.
  ///
  /// @param maxBytes of the answer; what is beyond is not read
  public HttpReply send(Call call, int maxBytes) {
    String url = call.url();
    try {
      URI target = uri(url);
      HttpRequest.Builder request =
          HttpTargets.request(target)
              .header("Content-Type", call.contentType())
              .header("User-Agent", "Longshore")
              .method(
                  call.method(),
                  call.body().isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(call.body()));
      call.headers().forEach(request::setHeader);
      settings
          .headers()
          .forEach((name, values) -> values.forEach(it -> request.header(name, it.value())));
      String given = call.authorization();
      String who = given == null ? authorization(settings, target) : given;
      if (who == null && tokens != null) {
        OAuth2Tokens.Token token = tokens.token();
        if (token.failure() != null) {
          return new HttpReply.Failed(token.failure());
        }
        who = token.authorization();
      }
      if (who != null) {
        request.setHeader("Authorization", who);
      }
      settings
          .proxy()
          .headers()
          .forEach((name, values) -> values.forEach(it -> request.header(name, it.value())));
      HttpProxies proxies = proxies();
      String proxy = proxies == null ? null : proxies.authorization(target);
      if (proxy != null) {
        request.setHeader("Proxy-Authorization", proxy);
      }
      HttpDeadline.Answer answer = HttpDeadline.send(client(), request.build(), timeout, maxBytes);
      if (answer.status() == 401 && tokens != null) {
        tokens.forget();
      }
      return new HttpReply.Answer(
          answer.status(),
          answer.body(),
          answer.headers().firstValue("Retry-After").map(HttpSender::retryAfter).orElse(null));
    } catch (HttpTrust.UnusableException e) {
      return misconfigured("tls_config", String.valueOf(e.getMessage()));
    } catch (URISyntaxException e) {
      return misconfigured(
          "url", "The URL can't be used: " + e.getReason() + " at character " + e.getIndex() + ".");
    } catch (IllegalArgumentException e) {
      return misconfigured("url", "The URL can't be used: " + withoutUrl(e, url) + ".");
    } catch (UncheckedIOException e) {
      return misconfigured("secret", String.valueOf(e.getMessage()));
    } catch (HttpTimeoutException e) {
      return retry(FailureReason.TIMEOUT, "no answer within " + timeout.toMillis() + " ms", true);
    } catch (UnknownHostException e) {
      return retry(FailureReason.OTHER, "DNS does not know the host", false);
    } catch (ConnectException e) {
      return retry(FailureReason.OTHER, "no connection: " + withoutUrl(e, url), false);
    } catch (SSLException e) {
      return retry(FailureReason.OTHER, "TLS failed: " + withoutUrl(e, url), false);
    } catch (IOException e) {
      return retry(FailureReason.OTHER, withoutUrl(e, url), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return retry(FailureReason.OTHER, "interrupted", true);
    }
  }

  /// Opens a WebSocket; blocks until it is open, bounded in time.
  ///
  /// @param url `ws://` or `wss://`
  /// @throws IOException when it can't be opened; the message does not hold the URL
  public WebSocket connect(String url, WebSocket.Listener listener)
      throws IOException, InterruptedException {
    CompletableFuture<WebSocket> opening = null;
    try {
      opening =
          client()
              .newWebSocketBuilder()
              .connectTimeout(CONNECT)
              .header("User-Agent", "Longshore")
              .buildAsync(URI.create(url), listener);
      return opening.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      var _ = opening.thenAccept(WebSocket::abort);
      throw e;
    } catch (TimeoutException e) {
      var _ = opening.thenAccept(WebSocket::abort);
      throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(FailureText.of(cause).replace(url, "the URL"), cause);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no URL of a WebSocket, or tls_config can't be used", e);
    }
  }

  private static HttpReply misconfigured(String code, String remedy) {
    return new HttpReply.Failed(new DeliveryResult.Misconfigured(code, remedy));
  }

  private static HttpReply retry(String reason, String message, boolean inDoubt) {
    return new HttpReply.Failed(new DeliveryResult.Retry(reason, message, null, inDoubt));
  }

  private static String withoutUrl(Exception e, String url) {
    String text = FailureText.of(e);
    return text.replace(url.strip(), "the URL");
  }

  /// The URL of a path below another, which may end with a slash.
  public static String below(String base, String path) {
    return base.endsWith("/") ? base + path : base + "/" + path;
  }

  /// A URL as Go takes it: what its path and query may not hold is encoded.
  static URI uri(String url) throws URISyntaxException {
    StringBuilder encoded = new StringBuilder();
    url.strip()
        .codePoints()
        .forEach(
            c -> {
              if (c > ' ' && c < 0x7f && "\"<>\\^`{|}".indexOf(c) < 0) {
                encoded.appendCodePoint(c);
              } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  encoded.append("%%%02X".formatted(b));
                }
              }
            });
    return new URI(encoded.toString());
  }

  private static @Nullable String authorization(HttpSettings http, URI target) {
    HttpSettings.Authorization given = http.authorization();
    if (given != null) {
      return given.type() + " " + given.credentials().value();
    }
    HttpSettings.BasicAuth basic = http.basicAuth();
    if (basic != null) {
      return basic(basic.username().value() + ":" + basic.password().value());
    }
    Authority authority = Authority.of(target);
    return authority == null || authority.userInfo() == null ? null : basic(authority.userInfo());
  }

  static String basic(String nameAndPassword) {
    byte[] bytes = nameAndPassword.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  private static @Nullable Duration retryAfter(String value) {
    try {
      return Duration.ofSeconds(
          Math.clamp(Long.parseLong(value.strip()), 0, LONGEST_WAIT.toSeconds()));
    } catch (NumberFormatException e) {
      try {
        ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
        return WAIT_FOR_DATE;
      } catch (DateTimeException unreadable) {
        return null;
      }
    }
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdown();
    }
    if (tokens != null) {
      tokens.close();
    }
  }
}
