package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.io.IOException;
import java.io.InputStream;
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
/// 410 Gone, or any other error that the server states, leads to a new list. When the server is
/// away it is asked again after 1 s to 30 s, with jitter. One thread runs it.
final class ListWatch<T> {
  private static final int PAGE_OBJECTS = 500;
  private static final int GONE = 410;
  private static final Duration PAGE_TIMEOUT = Duration.ofMinutes(2);
  private static final int SHORTEST_WATCH_SECONDS = 240;
  private static final int LONGEST_WATCH_SECONDS = 360;
  private static final int WATCH_GRACE_SECONDS = 15;
  private static final long FIRST_BACKOFF_MILLIS = 1_000;
  private static final long LAST_BACKOFF_MILLIS = 30_000;
  private static final Duration SHORT_WATCH = Duration.ofSeconds(2);

  // An annotation may have 256 KiB, and so may a few others beside it.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(4 << 20).maxNestingDepth(200).build())
          .build();

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
  private final Limited log;
  private final EnrichMetrics metrics;
  private String resourceVersion = "";
  private boolean listNeeded = true;
  private boolean consistentList;
  private int failures;

  ListWatch(
      ApiServer server,
      Collection collection,
      ObjectReader<T> reader,
      Target<T> target,
      Clock clock,
      RandomGenerator random,
      Limited log,
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

  /// Runs until its thread is interrupted.
  ///
  /// @param turned called after each list, each event and each failure, and at the end of each
  ///   watch
  // Whatever goes wrong with metadata, logs are shipped: so every exception is caught, and tried
  // again.
  void run(Runnable turned) {
    while (!Thread.currentThread().isInterrupted()) {
      turned.run();
      try {
        if (listNeeded) {
          list();
          listNeeded = false;
        }
        watch(turned);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException | RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        failed(e);
      }
    }
  }

  private void failed(Exception e) {
    metrics.apiError();
    String address = server.address();
    String error = e.getMessage() == null ? e.toString() : e.getMessage();
    target.disconnected(error);
    if (e instanceof ApiServer.Refused refused) {
      listNeeded = true;
      consistentList = refused.code() == GONE;
      if (refused.code() == 401) {
        server.forget();
      }
    } else if (causedByTls(e)) {
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
    try {
      clock.sleep(pause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean causedByTls(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
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
    try (JsonParser json = JSON.createParser(body)) {
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
          case "items" -> readItems(json);
          default -> json.skipChildren();
        }
      }
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

  private void watch(Runnable turned) throws IOException, InterruptedException {
    int seconds = random.nextInt(SHORTEST_WATCH_SECONDS, LONGEST_WATCH_SECONDS);
    String from = resourceVersion.isEmpty() ? "" : "&resourceVersion=" + encode(resourceVersion);
    String request =
        collection.path()
            + "?watch=true&allowWatchBookmarks=true&timeoutSeconds="
            + seconds
            + selector()
            + from;
    long opened = clock.nanoTime();
    // The server ends the watch; if it does not, the connection is a dead one.
    long limitNanos = Duration.ofSeconds(seconds + WATCH_GRACE_SECONDS).toNanos();
    try (EventStream stream = server.watch(request, collection.watchAccept())) {
      target.connected();
      failures = 0;
      while (!stream.ended()) {
        long leftNanos = limitNanos - (clock.nanoTime() - opened);
        String event = leftNanos <= 0 ? null : stream.next(Duration.ofNanos(leftNanos));
        if (event == null) {
          break;
        }
        handle(event);
        turned.run();
      }
    }
    if (clock.nanoTime() - opened < SHORT_WATCH.toNanos()) {
      clock.sleep(SHORT_WATCH);
    }
  }

  private void handle(String event) throws IOException {
    String type = eventType(event);
    try (JsonParser json = JSON.createParser(event)) {
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
    try (JsonParser json = JSON.createParser(event)) {
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
