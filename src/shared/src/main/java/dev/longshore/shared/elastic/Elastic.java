package dev.longshore.shared.elastic;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.http.ContentTooLongException;
import org.jspecify.annotations.Nullable;

/// A connection to Elasticsearch: one or more servers that stand for the same cluster. Safe for use
/// by any thread.
///
/// It connects with the first request, never asks `GET /`, and never waits before it repeats: when
/// to try again is the caller's decision, on which server is decided here.
public final class Elastic implements AutoCloseable {
  private static final String BULK_FILTER =
      "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.failure_store";

  private final ElasticConfig config;
  private final Clock clock;
  private final Servers servers;
  private final Transport transport;
  private final Reachability reachability;
  private final GzipBuffer.Pool gzipBuffers = new GzipBuffer.Pool();
  private final Set<Bulk> inFlight = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// Reads the CA file; opens no connection.
  ///
  /// @throws IllegalArgumentException when the CA file is missing, not PEM, or expired
  public Elastic(ElasticConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.servers = new Servers(config.urls(), clock);
    this.transport = new Transport(config, servers, clock);
    this.reachability = new Reachability(clock);
  }

  /// Whether the server accepts what is asked.
  public Reachability reachability() {
    return reachability;
  }

  /// Sends `POST /<dataStream>/_bulk`. Never throws and never blocks. A server that can't be
  /// reached is passed over for the next; once a byte of the body went out there is no second
  /// attempt, and the reply says so.
  ///
  /// The future completes normally, on the I/O thread that all requests share, or on the caller's
  /// before this returns: what is attached to it must be short.
  ///
  /// @param body newline-delimited JSON in `[0, length)`; it must not change until the future
  ///   completes
  /// @param items how many operations it holds, which is how many outcomes the reply must have
  /// @param withIndexNames whether the reply shall name each item's index, which doubles its length
  public CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
    String path =
        "/"
            + dataStream
            + "/_bulk?filter_path="
            + BULK_FILTER
            + (withIndexNames ? ",items.*._index" : "");
    Bulk bulk = new Bulk(path, body, length, items, withIndexNames);
    inFlight.add(bulk);
    if (closed) {
      bulk.complete(new BulkReply.Unreadable("the connection is closed", false, null));
    } else if (!config.compression() && transport.handsOverAtOnce()) {
      bulk.start();
    } else {
      Thread.ofVirtual().name("elastic-send").start(bulk::start);
    }
    return bulk.reply;
  }

  /// A small synchronous call. Any HTTP status is a result. A server that can't be reached is
  /// passed over for the next, and so is one that fails in the middle or answers 502, 503 or 504,
  /// unless the method is POST: a POST that may have arrived is not repeated.
  ///
  /// @param path with its query, beginning with a slash; names in it already percent-encoded
  /// @param jsonBody sent as `application/json`; null for none
  /// @throws ReplyTooLargeException when the answer exceeds 16 MiB
  /// @throws InterruptedIOException when the thread was interrupted; its flag is set again
  /// @throws IOException when no server gave an answer; the message names each with its problem
  public Response request(String method, String path, byte @Nullable [] jsonBody)
      throws IOException {
    boolean repeatable = !method.equals("POST");
    Set<Servers.Server> tried = new HashSet<>();
    Map<String, String> problems = new LinkedHashMap<>();
    IOException last = null;
    HttpReply answer = null;
    for (Servers.Server server = servers.next(tried);
        server != null;
        server = servers.next(tried)) {
      tried.add(server);
      try {
        answer = call(server, method, path, jsonBody);
        if (!unavailable(answer.status())) {
          servers.worked(server);
          break;
        }
        servers.failed(server);
        if (!repeatable) {
          break;
        }
      } catch (AttemptFailed e) {
        if (e.getCause() instanceof ContentTooLongException) {
          throw new ReplyTooLargeException(
              method
                  + " "
                  + server
                  + path
                  + ": the answer exceeds "
                  + Transport.MAX_REPLY_BYTES
                  + " bytes",
              e);
        }
        servers.failed(server);
        last = e;
        problems.put(server.toString(), describe(e.getCause()));
        if (e.sent && !repeatable) {
          break;
        }
      }
    }
    if (answer == null) {
      String problem =
          "Elasticsearch does not answer %s %s: %s"
              .formatted(method, path.replaceFirst("\\?.*", ""), join(problems));
      reachability.failed(problem);
      throw new IOException(problem, last);
    }
    Response response = new Response(answer.status(), answer.body(), answer.location());
    reachability.answered(method, path, response);
    return response;
  }

  private HttpReply call(
      Servers.Server server, String method, String path, byte @Nullable [] jsonBody)
      throws IOException {
    CompletableFuture<HttpReply> answer = new CompletableFuture<>();
    RequestBody body =
        jsonBody == null
            ? null
            : new RequestBody(jsonBody, jsonBody.length, "application/json", false);
    transport.send(
        server,
        method,
        path,
        body,
        new Transport.Listener() {
          @Override
          public void replied(HttpReply reply) {
            answer.complete(reply);
          }

          @Override
          public void failed(Exception cause, boolean sent) {
            answer.completeExceptionally(new AttemptFailed(cause, sent));
          }
        });
    Duration limit = config.requestTimeout().multipliedBy(3).plus(Transport.CONNECT_TIMEOUT);
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(method + " " + path + " was interrupted");
    } catch (TimeoutException e) {
      throw new AttemptFailed(e, true);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AttemptFailed failed) {
        throw failed;
      }
      throw new AttemptFailed(e, true);
    }
  }

  /// Ends the connection. Bulk requests in flight complete as unreadable; wait for them first to
  /// learn their outcomes.
  @Override
  public void close() {
    closed = true;
    transport.close();
    for (Bulk bulk : inFlight) {
      bulk.complete(new BulkReply.Unreadable("the connection was closed", true, null));
    }
    gzipBuffers.close();
  }

  private static boolean unavailable(int status) {
    return status == 502 || status == 503 || status == 504;
  }

  private static String describe(@Nullable Throwable failure) {
    if (failure == null) {
      return "failed";
    }
    return FailureText.of(failure) + Reachability.hint(failure);
  }

  /// @param problems by server
  private static String join(Map<String, String> problems) {
    return problems.entrySet().stream()
        .map(it -> it.getValue() + " at " + it.getKey())
        .collect(Collectors.joining("; "));
  }

  /// An answer of Elasticsearch.
  ///
  /// @param status HTTP status
  /// @param body the whole answer; empty when there was none
  /// @param location where a redirect leads
  public record Response(int status, byte[] body, @Nullable String location) {

    public Response(int status, byte[] body) {
      this(status, body, null);
    }

    /// Whether the status is 2xx.
    public boolean ok() {
      return status >= 200 && status < 300;
    }

    /// The exception for an answer that is an error, in the server's words.
    ///
    /// @param call what was asked, for example `PUT /_index_template/logs`
    public RefusedException refused(String call) {
      String reason = null;
      String type = null;
      HttpReply answer = new HttpReply(status, null, null, location, body);
      try {
        Object error = Json.at(Json.read(body), "error");
        type = Json.text(error, "type");
        reason = error instanceof String text ? text : reason(error);
      } catch (IOException notJson) {
        // Its beginning says what it is.
      }
      return new RefusedException(
          status,
          type == null ? "" : type,
          call
              + " was answered with HTTP "
              + status
              + ": "
              + (reason == null ? answer.excerpt() : reason)
              + answer.redirect());
    }
  }

  /// The reason of an error. "all shards failed" says nothing: the first root cause does.
  private static @Nullable String reason(@Nullable Object error) {
    String reason = Json.text(error, "reason");
    if (Json.at(error, "root_cause") instanceof List<?> causes && !causes.isEmpty()) {
      String root = Json.text(causes.getFirst(), "reason");
      boolean shards = "search_phase_execution_exception".equals(Json.text(error, "type"));
      return root != null && (shards || reason == null) ? root : reason;
    }
    return reason;
  }

  /// One server gave no answer.
  private static final class AttemptFailed extends IOException {
    private final boolean sent;

    AttemptFailed(Exception cause, boolean sent) {
      super(cause);
      this.sent = sent;
    }
  }

  /// One bulk request on its way over the servers. Attempts follow each other; each is handed over
  /// by a virtual thread of its own where a name is to be resolved or the body compressed, which
  /// take their time.
  private final class Bulk implements Transport.Listener {
    private final CompletableFuture<BulkReply> reply = new CompletableFuture<>();
    private final String path;
    private final byte[] body;
    private final int length;
    private final int items;
    private final boolean withIndexNames;
    private final Set<Servers.Server> tried = new HashSet<>();
    private final Map<String, String> problems = new LinkedHashMap<>();
    private volatile @Nullable GzipBuffer gzip;
    private volatile Servers.@Nullable Server server;

    Bulk(String path, byte[] body, int length, int items, boolean withIndexNames) {
      this.path = path;
      this.body = body;
      this.length = length;
      this.items = items;
      this.withIndexNames = withIndexNames;
    }

    void start() {
      try {
        if (config.compression()) {
          GzipBuffer buffer = gzipBuffers.take();
          gzip = buffer;
          buffer.fill(body, length);
        }
        attempt(null);
      } catch (RuntimeException | Error e) {
        complete(new BulkReply.Unreadable("the request failed in this process: " + e, true, e));
      }
    }

    private void attempt(@Nullable Exception last) {
      Servers.Server next = servers.next(tried);
      if (next == null) {
        complete(new BulkReply.Unreadable("no server: " + join(problems), false, last));
        return;
      }
      tried.add(next);
      server = next;
      GzipBuffer compressed = gzip;
      RequestBody entity =
          compressed == null
              ? new RequestBody(body, length, "application/x-ndjson", false)
              : new RequestBody(
                  compressed.bytes(), compressed.length(), "application/x-ndjson", true);
      transport.send(next, "POST", path, entity, this);
    }

    @Override
    public void replied(HttpReply answer) {
      Servers.Server from = current();
      if (unavailable(answer.status())) {
        servers.failed(from);
      } else {
        servers.worked(from);
      }
      BulkReply judged;
      try {
        judged = BulkJudge.judge(answer, items, withIndexNames, from.toString(), clock.now());
      } catch (RuntimeException e) {
        judged = new BulkReply.Unreadable("the reply of " + from + " broke its reader", true, e);
      }
      complete(judged);
    }

    @Override
    public void failed(Exception cause, boolean sent) {
      Servers.Server from = current();
      servers.failed(from);
      problems.put(from.toString(), describe(cause));
      if (sent || closed) {
        complete(new BulkReply.Unreadable(join(problems), sent, cause));
      } else {
        Thread.ofVirtual()
            .name("elastic-send")
            .start(
                () -> {
                  try {
                    attempt(cause);
                  } catch (RuntimeException | Error e) {
                    complete(new BulkReply.Unreadable("the request failed: " + e, true, e));
                  }
                });
      }
    }

    private Servers.Server current() {
      Servers.Server from = server;
      if (from == null) {
        throw new IllegalStateException("an answer without a request");
      }
      return from;
    }

    void complete(BulkReply outcome) {
      inFlight.remove(this);
      if (reply.complete(outcome)) {
        if (!closed) {
          reachability.answered(outcome);
        }
        GzipBuffer buffer = gzip;
        if (buffer != null) {
          gzipBuffers.give(buffer);
        }
      }
    }
  }
}
