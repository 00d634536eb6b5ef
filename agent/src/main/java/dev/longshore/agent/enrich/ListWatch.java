package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Follows one collection of the API server: lists it, then watches from there, for ever.
///
/// The list is served from the API server's cache (`resourceVersion=0`) and read as it streams in.
/// The watch asks for bookmarks, so that it goes on where it was after a break without a new list;
/// 410 Gone, or any other error that the server states, leads to a new list. After a failure it is
/// tried again after 1 s to 30 s, with jitter, growing until a watch has delivered an event or
/// lasted. A watch on which the server falls silent is a failure within 35 s, see [Heartbeat]. All
/// state is owned by the thread that calls [#turn].
final class ListWatch<T> {
  private static final int PAGE_OBJECTS = 500;
  private static final int GONE = 410;
  private static final Duration PAGE_TIMEOUT = Duration.ofMinutes(2);
  private static final int SHORTEST_WATCH_SECONDS = 240;
  private static final int LONGEST_WATCH_SECONDS = 360;
  private static final int WATCH_GRACE_SECONDS = 15;
  private static final long FIRST_BACKOFF_MILLIS = 1_000;
  private static final long LAST_BACKOFF_MILLIS = 30_000;

  /// A watch without any event that lasted this long works.
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

  /// How long a turn waits for an event.
  private static final Duration TURN = Duration.ofSeconds(10);

  /// What to follow.
  ///
  /// @param path such as `/api/v1/pods`
  /// @param fieldSelector such as `spec.nodeName=worker-3`, or empty
  /// @param listAccept media types for the list
  /// @param watchAccept media types for the watch
  record Collection(String path, String fieldSelector, String listAccept, String watchAccept) {}

  /// Where the objects go. All calls come from the thread that runs the watch.
  interface Target<T> {
    /// A list begins.
    void listing();

    /// An object is there, new or changed.
    void present(T object);

    /// The list is complete: what was not present since it began is gone.
    void listed();

    void deleted(T object);

    /// The watch stands.
    void connected();

    /// It does not, or no longer.
    void disconnected(String error);
  }

  private final ApiServer server;
  private final Collection collection;
  private final ObjectReader<T> reader;
  private final Target<T> target;
  private final Clock clock;
  private final RandomGenerator random;
  private final RateLimitedLogger log;
  private final EnrichMetrics metrics;
  private String resourceVersion = "";
  private boolean listNeeded = true;
  private boolean consistentList;

  /// Failures since a watch worked. One that opens and then fails, as behind a proxy that does not
  /// pass it on, is a failure like a refused one.
  private int failures;

  private @Nullable EventStream stream;
  private long openedNanos;
  private long limitNanos;
  private boolean proven;

  ListWatch(
      ApiServer server,
      Collection collection,
      ObjectReader<T> reader,
      Target<T> target,
      Clock clock,
      RandomGenerator random,
      RateLimitedLogger log,
      EnrichMetrics metrics) {
    this.server = server;
    this.collection = collection;
    this.reader = reader;
    this.target = target;
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.metrics = metrics;
  }

  /// Does the next step: a list where one is due, the opening of the watch, or its next event.
  /// Takes at most [#TURN] where the server says nothing, and the timeouts of a request where it
  /// does not answer.
  ///
  /// @return how long to wait before the next turn
  // Whatever goes wrong with metadata, logs are shipped: so everything is caught, and tried again.
  Duration turn() throws InterruptedException {
    try {
      if (stream != null) {
        next(stream);
        return Duration.ZERO;
      }
      if (listNeeded) {
        list();
        listNeeded = false;
      }
      open();
      return Duration.ZERO;
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      return failed(e);
    }
  }

  private Duration failed(Exception e) {
    if (stream != null && isCausedBy(e, Heartbeat.SilenceException.class)) {
      server.forget(stream);
    }
    closeStream();
    metrics.apiError();
    String address = server.address();
    String error = reason(e);
    target.disconnected(error);
    if (e instanceof ApiServer.Refused refused) {
      listNeeded = true;
      consistentList = refused.code() == GONE;
      if (refused.code() == 401) {
        server.forget();
      }
    } else if (isCausedBy(e, SSLException.class)) {
      server.forget();
    }
    failures++;
    Duration pause = backoff();
    log.warn(
        collection.path(),
        event -> {
          var _ =
              event
                  .setMessage(
                      "list or watch of the API server failed; logs are shipped with the metadata"
                          + " that is known, retrying")
                  .addKeyValue("collection", collection.path())
                  .addKeyValue("server", address)
                  .addKeyValue("error", error)
                  .addKeyValue("retryInMillis", pause.toMillis());
        });
    return pause;
  }

  private static String reason(Exception e) {
    String reason = FailureText.of(e);
    return isCausedBy(e, ConnectException.class)
        ? reason
            + "; set kubernetes.kubeconfig, or set kubernetes.enabled to false outside of Kubernetes"
        : reason;
  }

  private static boolean isCausedBy(Throwable e, Class<? extends Exception> kind) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  /// Between half and all of a time that doubles with each failure.
  private Duration backoff() {
    long ceiling =
        Math.min(LAST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures - 1, 10));
    return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
  }

  private void list() throws IOException, InterruptedException {
    target.listing();
    Page page = new Page("", "");
    do {
      String query;
      if (!page.more.isEmpty()) {
        query = "&continue=" + encode(page.more);
      } else {
        query = consistentList ? "" : "&resourceVersion=0";
      }
      Page[] read = new Page[1];
      server.get(
          collection.path() + "?limit=" + PAGE_OBJECTS + selector() + query,
          collection.listAccept(),
          PAGE_TIMEOUT,
          body -> read[0] = readPage(body));
      page = read[0];
    } while (!page.more.isEmpty());
    resourceVersion = page.resourceVersion;
    consistentList = false;
    target.listed();
    metrics.listed();
  }

  private record Page(String resourceVersion, String more) {}

  private Page readPage(InputStream body) throws IOException {
    String version = "";
    String more = "";
    boolean isList = false;
    try (JsonParser json = JsonFields.FACTORY.createParser(body)) {
      json.nextToken();
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new IOException("the answer to the list is not a JSON object");
      }
      for (String field = JsonFields.firstField(json);
          field != null;
          field = JsonFields.nextField(json)) {
        switch (field) {
          case "metadata" -> {
            for (String key = JsonFields.firstField(json);
                key != null;
                key = JsonFields.nextField(json)) {
              switch (key) {
                case "resourceVersion" -> version = JsonFields.text(json);
                case "continue" -> more = JsonFields.text(json);
                default -> json.skipChildren();
              }
            }
          }
          case "items" -> {
            readItems(json);
            isList = true;
          }
          default -> json.skipChildren();
        }
      }
    }
    if (!isList) {
      // What it does not have would count as gone.
      throw new IOException("the answer to the list has no items");
    }
    return new Page(version, more);
  }

  private void readItems(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.START_OBJECT) {
      T value = reader.read(json).value();
      if (value != null) {
        target.present(value);
      }
    }
  }

  private void open() throws IOException, InterruptedException {
    int seconds = random.nextInt(SHORTEST_WATCH_SECONDS, LONGEST_WATCH_SECONDS);
    String from = resourceVersion.isEmpty() ? "" : "&resourceVersion=" + encode(resourceVersion);
    String request =
        collection.path()
            + "?watch=true&allowWatchBookmarks=true&timeoutSeconds="
            + seconds
            + selector()
            + from;
    stream = server.watch(request, collection.watchAccept());
    openedNanos = clock.nanoTime();
    // The server ends the watch before that.
    limitNanos = Duration.ofSeconds(seconds + WATCH_GRACE_SECONDS).toNanos();
    proven = false;
    target.connected();
  }

  private void next(EventStream open) throws IOException, InterruptedException {
    long ageNanos = clock.nanoTime() - openedNanos;
    long waitNanos = Math.min(limitNanos - ageNanos, TURN.toNanos());
    String event = waitNanos <= 0 ? null : open.next(Duration.ofNanos(waitNanos));
    if (event != null) {
      handle(event);
      prove();
      return;
    }
    ageNanos = clock.nanoTime() - openedNanos;
    if (ageNanos >= LONG_ENOUGH.toNanos()) {
      prove();
    }
    if (open.ended() || ageNanos >= limitNanos) {
      closeStream();
      if (!proven) {
        throw new IOException(
            "the watch was ended after %d ms, without an event".formatted(ageNanos / 1_000_000));
      }
    }
  }

  /// The watch works: the next failure is a first one.
  private void prove() {
    proven = true;
    failures = 0;
  }

  /// Ends the open watch; on the thread that takes the turns.
  void close() {
    closeStream();
  }

  private void closeStream() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }

  private void handle(String event) throws IOException {
    String type = eventType(event);
    try (JsonParser json = JsonFields.FACTORY.createParser(event)) {
      json.nextToken();
      for (String field = JsonFields.firstField(json);
          field != null;
          field = JsonFields.nextField(json)) {
        if (!field.equals("object")) {
          json.skipChildren();
          continue;
        }
        if (type.equals("ERROR")) {
          throw new ApiServer.Refused(statusCode(json), "WATCH " + collection.path());
        }
        ObjectReader.Item<T> item = reader.read(json);
        deliver(type, item.value());
        if (!item.resourceVersion().isEmpty()) {
          resourceVersion = item.resourceVersion();
        }
      }
    }
  }

  private void deliver(String type, @Nullable T value) {
    if (value == null || type.equals("BOOKMARK")) {
      return;
    }
    metrics.event();
    if (type.equals("DELETED")) {
      target.deleted(value);
    } else {
      target.present(value);
    }
  }

  private static String eventType(String event) throws IOException {
    try (JsonParser json = JsonFields.FACTORY.createParser(event)) {
      json.nextToken();
      for (String field = JsonFields.firstField(json);
          field != null;
          field = JsonFields.nextField(json)) {
        if (field.equals("type")) {
          return JsonFields.text(json);
        }
        json.skipChildren();
      }
    }
    throw new IOException("an event of the watch has no type");
  }

  private static int statusCode(JsonParser json) throws IOException {
    int code = 0;
    for (String field = JsonFields.firstField(json);
        field != null;
        field = JsonFields.nextField(json)) {
      if (field.equals("code") && json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        code = json.getIntValue();
      } else {
        json.skipChildren();
      }
    }
    return code;
  }

  private String selector() {
    return collection.fieldSelector().isEmpty()
        ? ""
        : "&fieldSelector=" + encode(collection.fieldSelector());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
