package dev.longshore.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// Prometheus' `POST /api/v1/query` and `/api/v1/query_range` on a port of this machine, with
/// answers that a test decides. Safe for use by any thread.
public final class PrometheusStandIn implements AutoCloseable {

  /// What was asked.
  ///
  /// @param form the decoded fields of the form
  /// @param headers the first value of each, by its name in lower case
  public record Question(String path, Map<String, String> form, Map<String, String> headers) {
    public String query() {
      return form.getOrDefault("query", "");
    }

    public Instant time() {
      return Instant.ofEpochMilli(
          new BigDecimal(form.getOrDefault("time", "0")).movePointRight(3).longValue());
    }
  }

  /// A reply.
  public record Reply(int status, String body) {

    /// Samples, each as JSON: see [#sample].
    public static Reply vector(String... samples) {
      return success("vector", "[" + String.join(",", samples) + "]");
    }

    /// A result of a type.
    public static Reply success(String type, String result) {
      return new Reply(
          200,
          "{\"status\":\"success\",\"data\":{\"resultType\":\"%s\",\"result\":%s}}"
              .formatted(type, result));
    }

    /// An error as Prometheus states it.
    public static Reply error(int status, String type, String error) {
      return new Reply(
          status,
          "{\"status\":\"error\",\"errorType\":\"%s\",\"error\":\"%s\"}".formatted(type, error));
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Question> questions = new CopyOnWriteArrayList<>();
  private final List<Question> ranges = new CopyOnWriteArrayList<>();
  private volatile Function<Question, Reply> answer;
  private volatile Function<Question, Reply> past = _ -> Reply.success("matrix", "[]");

  private PrometheusStandIn(HttpServer server, Function<Question, Reply> answer) {
    this.server = server;
    this.answer = answer;
  }

  /// Starts one.
  public static PrometheusStandIn start(Function<Question, Reply> answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    PrometheusStandIn standIn = new PrometheusStandIn(server, answer);
    server.setExecutor(standIn.threads);
    server.createContext("/", standIn::serve);
    server.start();
    return standIn;
  }

  /// A sample of a vector as JSON.
  ///
  /// @param value as Prometheus writes it, such as `0.5` or `NaN`
  /// @param labels names and values in turn
  public static String sample(String value, String... labels) {
    StringBuilder metric = new StringBuilder();
    for (int i = 0; i < labels.length; i += 2) {
      metric.append(i == 0 ? "" : ",");
      metric.append('"').append(labels[i]).append("\":\"").append(labels[i + 1]).append('"');
    }
    return "{\"metric\":{%s},\"value\":[1435781451.781,\"%s\"]}".formatted(metric, value);
  }

  /// What is answered from now on.
  public void answers(Function<Question, Reply> next) {
    answer = next;
  }

  /// What is answered to questions about a range of time; no series unless a test says so.
  public void answersRanges(Function<Question, Reply> next) {
    past = next;
  }

  /// What was asked so far about a moment.
  public List<Question> questions() {
    return List.copyOf(questions);
  }

  /// What was asked so far about a range of time.
  public List<Question> ranges() {
    return List.copyOf(ranges);
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) ->
                  headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
      Question question = new Question(exchange.getRequestURI().getPath(), form(body), headers);
      boolean range = question.path().endsWith("/query_range");
      (range ? ranges : questions).add(question);
      Reply reply = (range ? past : answer).apply(question);
      byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
