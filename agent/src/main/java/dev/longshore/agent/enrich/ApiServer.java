package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonParser;
import dev.longshore.shared.clock.Clock;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The connection to the API server: fabric8's HTTP client, and none of its typed model, which
/// costs more memory than all that is kept here.
///
/// Credentials come from the kubeconfig file that is configured, else from `KUBECONFIG` or
/// `~/.kube/config`, or from the pod's service account; the common kinds are read here, the others
/// by fabric8. A rotated token file is read again by itself; [#forget] reads everything again,
/// certificates too. Threads: any.
final class ApiServer implements AutoCloseable {
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

  /// How much of a refusal is read for its reason.
  private static final int LONGEST_STATUS_BYTES = 64 << 10;

  private final @Nullable Path kubeconfig;
  private final Clock clock;
  private final AccessFiles files = AccessFiles.ofThisProcess();
  private final Object lock = new Object();
  private @Nullable Connection connection; // guarded by lock
  private boolean closed; // guarded by lock

  ApiServer(@Nullable Path kubeconfig, Clock clock) {
    this.kubeconfig = kubeconfig;
    this.clock = clock;
  }

  private record Connection(String master, HttpClient client) {}

  /// The API server answered that it won't.
  static final class Refused extends IOException {
    private final int code;
    private final String reason;

    Refused(int code, String request) {
      this(code, "", request);
    }

    Refused(int code, String reason, String request) {
      super("the API server answered %d to %s%s".formatted(code, request, advice(code)));
      this.code = code;
      this.reason = reason;
    }

    int code() {
      return code;
    }

    /// Why, in one word of Kubernetes' such as `NotFound`; empty when the answer has none, as where
    /// it is not the API server's own.
    String reason() {
      return reason;
    }

    private static String advice(int code) {
      return switch (code) {
        case 401 -> "; its credentials are not accepted, look at kubernetes.kubeconfig";
        case 403 ->
            "; the agent's role needs get, list and watch on pods and namespaces, and create on"
                + " events";
        default -> "";
      };
    }
  }

  /// Reads an answer's body; the stream ends when the time is over.
  interface BodyReader {
    void read(InputStream body) throws IOException;
  }

  /// The server's address, or null before the configuration was read.
  @Nullable String address() {
    synchronized (lock) {
      return connection == null ? null : connection.master;
    }
  }

  /// Sends a GET and has its body read on the calling thread.
  ///
  /// @param pathAndQuery from `/api` on
  /// @param bodyTimeout limit for the whole body
  /// @throws Refused when the answer is not 200
  void get(String pathAndQuery, String accept, Duration bodyTimeout, BodyReader reader)
      throws IOException, InterruptedException {
    Connection to = connect();
    CompletableFuture<HttpResponse<InputStream>> answer =
        to.client.sendAsync(
            to.client
                .newHttpRequestBuilder()
                .uri(uri(to, pathAndQuery))
                .setHeader("Accept", accept)
                .timeout(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .build(),
            InputStream.class);
    HttpResponse<InputStream> response = await(answer, "GET " + pathAndQuery);
    try (InputStream body = response.body()) {
      CompletableFuture<Void> deadline =
          new CompletableFuture<Void>().orTimeout(bodyTimeout.toMillis(), TimeUnit.MILLISECONDS);
      CompletableFuture<?> closing = deadline.whenComplete((done, late) -> closeLate(body, late));
      try {
        if (response.code() != 200) {
          throw new Refused(response.code(), statusReason(body), "GET " + pathAndQuery);
        }
        reader.read(body);
      } finally {
        closing.cancel(false);
        deadline.complete(null);
      }
    }
  }

  /// The reason in a `Status` object, which is how the API server refuses; empty for anything else.
  private static String statusReason(InputStream body) {
    String kind = "";
    String reason = "";
    try (JsonParser json = JsonFields.FACTORY.createParser(body.readNBytes(LONGEST_STATUS_BYTES))) {
      json.nextToken();
      for (String field = JsonFields.firstField(json);
          field != null;
          field = JsonFields.nextField(json)) {
        switch (field) {
          case "kind" -> kind = JsonFields.text(json);
          case "reason" -> reason = JsonFields.text(json);
          default -> json.skipChildren();
        }
      }
    } catch (IOException e) {
      return "";
    }
    return kind.equals("Status") ? reason : "";
  }

  /// Sends a POST of JSON.
  ///
  /// @throws Refused when the answer is not 2xx
  void post(String path, byte[] json) throws IOException, InterruptedException {
    Connection to = connect();
    CompletableFuture<HttpResponse<InputStream>> answer =
        to.client.sendAsync(
            to.client
                .newHttpRequestBuilder()
                .uri(uri(to, path))
                .setHeader("Accept", "application/json")
                .post("application/json", json)
                .timeout(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .build(),
            InputStream.class);
    HttpResponse<InputStream> response = await(answer, "POST " + path);
    try (InputStream body = response.body()) {
      if (response.code() < 200 || response.code() > 299) {
        throw new Refused(response.code(), "POST " + path);
      }
      body.skipNBytes(body.available());
    }
  }

  private static void closeLate(InputStream body, @Nullable Throwable late) {
    if (late instanceof TimeoutException) {
      try {
        body.close();
      } catch (IOException e) {
        // The reader is told by its own exception.
      }
    }
  }

  /// Opens a watch, as a WebSocket of which each message is an event. It ends with an error when
  /// the server falls silent, see [Heartbeat].
  ///
  /// @throws Refused when the server does not open one
  EventStream watch(String pathAndQuery, String accept) throws IOException, InterruptedException {
    Connection to = connect();
    EventStream stream = new EventStream(to.client);
    CompletableFuture<WebSocket> opened =
        to.client
            .newWebSocketBuilder()
            .uri(uri(to, pathAndQuery))
            .setHeader("Accept", accept)
            // As browsers do; some proxies in front of API servers refuse a WebSocket without.
            .setHeader("Origin", to.master)
            .connectTimeout(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .buildAsync(stream);
    stream.opened(await(opened, "WATCH " + pathAndQuery));
    return stream;
  }

  /// Forgets the connection of a watch, and with it those that are kept open for later requests:
  /// what became of one may have become of all. One that was made since stays.
  void forget(EventStream stream) {
    Connection old = null;
    synchronized (lock) {
      if (connection != null && connection.client == stream.client()) {
        old = connection;
        connection = null;
      }
    }
    if (old != null) {
      old.client.close();
    }
  }

  /// Forgets credentials and connections; the next request reads the configuration again.
  void forget() {
    Connection old;
    synchronized (lock) {
      old = connection;
      connection = null;
    }
    if (old != null) {
      old.client.close();
    }
  }

  private static URI uri(Connection to, String pathAndQuery) {
    String master = to.master;
    int end = master.endsWith("/") ? master.length() - 1 : master.length();
    return URI.create(master.substring(0, end) + pathAndQuery);
  }

  private static <T> T await(CompletableFuture<T> answer, String request)
      throws IOException, InterruptedException {
    try {
      return answer.get(2 * ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer to %s within %s".formatted(request, ANSWER_TIMEOUT), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException handshake
          && handshake.getResponse() != null) {
        throw new Refused(handshake.getResponse().code(), request);
      }
      throw new IOException("%s failed: %s".formatted(request, e.getCause()), e.getCause());
    }
  }

  private Connection connect() throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new IOException("the agent is stopping");
      }
      if (connection == null) {
        connection = open();
      }
      return connection;
    }
  }

  // fabric8 reports what is wrong with a configuration by exceptions of many kinds.
  private Connection open() throws IOException {
    if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
      throw new IOException(
          "kubernetes.kubeconfig=%s cannot be read; the file is missing or not permitted"
              .formatted(kubeconfig));
    }
    Factory factory = new Factory(clock);
    try {
      Access access = files.find(kubeconfig);
      if (access != null) {
        return new Connection(access.master(), access.client(factory, clock));
      }
      Config config =
          kubeconfig != null
              ? Config.fromKubeconfig(kubeconfig.toFile())
              : Config.autoConfigure(null);
      config.setRequestRetryBackoffLimit(0);
      // A WebSocket is HTTP/1.1 in any case, and HTTP/2 costs memory of its own.
      config.setHttp2Disable(true);
      return new Connection(config.getMasterUrl(), factory.newBuilder(config).build());
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "the credentials for the API server cannot be used%s: %s"
              .formatted(kubeconfig == null ? "" : ", see " + kubeconfig, e.getMessage()),
          e);
    }
  }

  /// Serves the JDK's HTTP client by virtual threads, and lets its WebSockets ping.
  private static final class Factory extends JdkHttpClientFactory {
    private final Clock clock;

    Factory(Clock clock) {
      this.clock = clock;
    }

    @Override
    protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
      return HeartbeatClient.builder(
          java.net.http.HttpClient.newBuilder()
              .executor(
                  Executors.newThreadPerTaskExecutor(
                      Thread.ofVirtual().name("metadata-http-", 0).factory())),
          clock);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    forget();
  }
}
