package dev.longshore.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How a [BulkSink] answers one bulk request.
public sealed interface SinkAnswer {

  /// Takes every item: 201, or 409 for an id that a sink other than a counting one has already.
  record Success() implements SinkAnswer {}

  /// Answers item by item; those with a 2xx status are taken. The statuses repeat when there are
  /// more items.
  record Items(List<Integer> statuses) implements SinkAnswer {
    public Items {
      statuses = List.copyOf(statuses);
    }

    public static Items of(Integer... statuses) {
      return new Items(List.of(statuses));
    }
  }

  /// Indexes nothing and answers for the whole request, with Elasticsearch's JSON of an error.
  record Refusal(int status, String type, String reason, Map<String, String> headers)
      implements SinkAnswer {
    public Refusal {
      headers = Map.copyOf(headers);
    }

    public static Refusal of(int status, String type) {
      return new Refusal(status, type, "the sink was told to", Map.of());
    }
  }

  /// Indexes nothing and answers with any text, as proxies do.
  record Text(int status, String contentType, String body) implements SinkAnswer {
    public static Text html(int status) {
      return new Text(status, "text/html", "<html><body><h1>Bad dock</h1></body></html>");
    }
  }

  /// Indexes nothing and resets the connection.
  record Reset() implements SinkAnswer {}

  /// Takes every item and closes the connection without a word.
  record Swallow() implements SinkAnswer {}

  /// Waits before it answers; what is taken is taken at once.
  record Delayed(Duration delay, SinkAnswer then) implements SinkAnswer {}
}
