package dev.longshore.alerting.metrics;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.Authority;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.net.HttpTargets;
import dev.longshore.shared.units.Durations;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// A server that speaks Prometheus' HTTP API. Safe for use by any thread.
///
/// Partial answers are asked to be errors (`partial_response=false` of Thanos,
/// `deny_partial_response=1` of VictoriaMetrics): a series that is missing because a store did not
/// answer has not recovered.
public final class PrometheusSource implements MetricSource, AutoCloseable {

  /// Of an answer; room for [AnswerReader#MAX_SERIES] of them with the usual labels.
  static final int MAX_ANSWER_BYTES = 8 << 20;

  private static final int MAX_SHOWN = 500;

  private final PrometheusConfig config;
  private final URI endpoint;
  private final URI rangeEndpoint;
  private final HttpConnections connections;
  private final Executor executor;

  /// @param executor runs what the HTTP client has to do beside waiting
  /// @throws IllegalArgumentException when a file for TLS can't be used
  public PrometheusSource(PrometheusConfig config, Clock clock, Executor executor) {
    this.config = config;
    this.endpoint = URI.create(withoutSlash(config.url()) + "/api/v1/query");
    this.rangeEndpoint = URI.create(withoutSlash(config.url()) + "/api/v1/query_range");
    this.connections = new HttpConnections(host(config.url()), config.tls(), clock, executor);
    this.executor = executor;
  }

  private static String withoutSlash(URI url) {
    String text = url.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static String host(URI url) {
    Authority authority = Authority.of(url);
    return authority == null ? "" : authority.host();
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public Labels externalLabels() {
    return config.externalLabels();
  }

  @Override
  public int concurrency() {
    return config.concurrency();
  }

  /// As Prometheus links from an alert to its expression.
  @Override
  public String link(String expression) {
    return withoutSlash(config.externalUrl())
        + "/graph?g0.expr="
        + encoded(expression)
        + "&g0.tab=1";
  }

  @Override
  public Answer query(String expression, Instant at) {
    try {
      return judged(answerTo(request(endpoint, expression, "time=" + seconds(at))));
    } catch (TimeoutException e) {
      return new Answer.Unavailable(
          "no answer from " + config.url() + " within " + Durations.format(config.timeout()));
    } catch (IOException | IllegalArgumentException e) {
      return new Answer.Unavailable(inWords(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Unavailable("interrupted while " + config.url() + " was asked");
    }
  }

  @Override
  public RangeAnswer range(String expression, Instant from, Instant to, Duration step) {
    String times =
        "start="
            + seconds(from)
            + "&end="
            + seconds(to)
            + "&step="
            + BigDecimal.valueOf(step.toMillis(), 3).toPlainString();
    try {
      HttpResponse<byte[]> reply = answerTo(request(rangeEndpoint, expression, times));
      if (reply.statusCode() == 200) {
        return AnswerReader.readRange(reply.body());
      }
      String error = AnswerReader.error(reply.body());
      return new RangeAnswer.Nothing(
          error == null ? config.url() + " answers " + reply.statusCode() : shown(error));
    } catch (TimeoutException e) {
      return new RangeAnswer.Nothing("no answer within " + Durations.format(config.timeout()));
    } catch (IOException | IllegalArgumentException e) {
      return new RangeAnswer.Nothing(inWords(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new RangeAnswer.Nothing("interrupted while " + config.url() + " was asked");
    }
  }

  private static String seconds(Instant at) {
    return BigDecimal.valueOf(at.toEpochMilli(), 3).toPlainString();
  }

  private HttpRequest request(URI to, String expression, String times) throws IOException {
    String form =
        "query="
            + encoded(expression)
            + "&"
            + times
            + "&timeout="
            + config.timeout().toMillis()
            + "ms&partial_response=false&deny_partial_response=1";
    HttpRequest.Builder request =
        HttpTargets.request(to)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json")
            .header("User-Agent", "longshore")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    config.headers().forEach(request::setHeader);
    config.credentials().apply(request);
    return request.build();
  }

  /// The server's reply; asked a second time where a connection broke, as one does that the server
  /// had closed while it was idle.
  private HttpResponse<byte[]> answerTo(HttpRequest request)
      throws IOException, TimeoutException, InterruptedException {
    try {
      return send(request);
    } catch (HttpConnectTimeoutException | SSLException e) {
      throw e;
    } catch (IOException e) {
      return tooLarge(e) ? rethrow(e) : send(request);
    }
  }

  private static HttpResponse<byte[]> rethrow(IOException e) throws IOException {
    throw e;
  }

  private HttpResponse<byte[]> send(HttpRequest request)
      throws IOException, TimeoutException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> reply =
        client()
            .sendAsync(
                request,
                HttpResponse.BodyHandlers.limiting(
                    HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
    try {
      return reply.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException(e.getCause());
    } finally {
      reply.cancel(true);
    }
  }

  /// Beside this thread, as a DNS server may take its time.
  private HttpClient client() throws IOException, TimeoutException, InterruptedException {
    try {
      return CompletableFuture.supplyAsync(connections::client, executor)
          .get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private Answer judged(HttpResponse<byte[]> reply) {
    int status = reply.statusCode();
    if (status == 200) {
      try {
        return AnswerReader.read(reply.body());
      } catch (AnswerReader.TooManySeries e) {
        return new Answer.Refused(
            "the answer has more than "
                + AnswerReader.MAX_SERIES
                + " series; aggregate the expression");
      } catch (IOException e) {
        return new Answer.Unavailable(
            config.url() + " answers 200 with what is no answer of Prometheus: " + message(e));
      }
    }
    String error = AnswerReader.error(reply.body());
    if ((status == 400 || status == 422) && error != null) {
      return new Answer.Refused(shown(error));
    }
    return new Answer.Unavailable(
        config.url()
            + " answers "
            + status
            + advice(status, reply)
            + (error == null ? "" : ": " + shown(error)));
  }

  private static String advice(int status, HttpResponse<?> reply) {
    return switch (status) {
      case 301, 302, 303, 307, 308 ->
          " and redirects to "
              // Login pages fill the query with tokens.
              + shown(reply.headers().firstValue("Location").orElse("nowhere").split("[?#]", 2)[0])
              + "; redirects are not followed, name the place itself";
      case 401, 403 -> ": it refuses our credentials";
      case 404, 405 -> ": it has no " + reply.uri().getPath() + "; is the prefix right?";
      default -> "";
    };
  }

  private String inWords(Exception e) {
    if (tooLarge(e)) {
      return config.url()
          + " answers with more than "
          + (MAX_ANSWER_BYTES >> 20)
          + "MiB; aggregate the expression";
    }
    return switch (e) {
      case HttpConnectTimeoutException _ ->
          "no connection to " + config.url() + " within " + HttpConnections.CONNECT_SECONDS + "s";
      case UnknownHostException _ -> "the name " + host(config.url()) + " is not known to DNS";
      case ConnectException connect when caused(connect, UnresolvedAddressException.class) ->
          "the name " + host(config.url()) + " is not known to DNS";
      case ConnectException connect ->
          "no connection to " + config.url() + ": " + FailureText.of(connect);
      case SSLException tls -> "TLS with " + config.url() + " failed: " + message(tls);
      case IllegalArgumentException _ -> message(e);
      default -> "the connection to " + config.url() + " broke: " + message(e);
    };
  }

  /// The client tells of a body above its limit by an exception without a type.
  private static boolean tooLarge(Exception e) {
    return e.getMessage() != null && e.getMessage().contains("exceeds capacity");
  }

  private static boolean caused(Throwable e, Class<? extends Throwable> type) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }

  private static String message(Exception e) {
    return shown(FailureText.of(e));
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    connections.close();
  }
}
