package dev.longshore.alerting.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The body of `POST /api/v2/alerts`, read alert by alert as it arrives: the sound alerts, and what
/// is wrong with the others.
///
/// @param problems one for each alert that was refused; of the first ones alone
/// @param refused how many were refused
record PostedAlerts(List<Alert> alerts, List<String> problems, int refused) {

  /// The most alerts of one request; a request with more is a 413. Prometheus sends 256.
  static final int MAX_ALERTS = 10_000;

  /// The most bytes that an alert's labels may have, names and values. One with more is refused by
  /// itself. Annotations that are too long are cut where alerts are kept.
  static final int MAX_BYTES_OF_LABELS = 64 * 1024;

  /// The most characters of the URL of where an alert is from.
  private static final int MAX_URL = 64 * 1024;

  private static final int MAX_PROBLEMS = 20;

  /// Longer texts are not even read, in characters; the whole request is refused then.
  private static final int MAX_TEXT = 1 << 20;

  /// Texts up to this length are kept once for all alerts of a request that have them.
  private static final int MAX_SHARED_TEXT = 100;

  private static final int MAX_NESTING = 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_TEXT)
                  .maxNestingDepth(MAX_NESTING)
                  .build())
          .build();

  /// @param resolveTimeout after which an alert without an end is over
  /// @param taken counts what it takes on the heap
  /// @throws ApiException when it is not a JSON array, or too large
  static PostedAlerts read(
      InputStream body, Instant now, Duration resolveTimeout, IntakeBudget.Taken taken)
      throws ApiException, IOException, InterruptedException {
    // Bytes that are no UTF-8 cost a character each, and not the alert.
    try (Reader text = new InputStreamReader(body, StandardCharsets.UTF_8);
        JsonParser json = JSON.createParser(text)) {
      return new Reading(json, now, resolveTimeout, taken).all();
    } catch (JsonProcessingException e) {
      throw new ApiException(400, "the body is not JSON: " + e.getOriginalMessage());
    }
  }

  /// The members of one alert, as they were sent.
  private static final class Sent {
    private Labels labels = Labels.EMPTY;
    private Labels annotations = Labels.EMPTY;
    private String startsAt = "";
    private String endsAt = "";
    private String generatorUrl = "";
    private @Nullable String problem;

    private void problem(String text) {
      if (problem == null) {
        problem = text;
      }
    }
  }

  private static final class Reading {
    private final JsonParser json;
    private final Instant now;
    private final Duration resolveTimeout;
    private final IntakeBudget.Taken taken;
    private final Map<String, String> shared = new HashMap<>();
    private final List<Alert> alerts = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int refused;

    private Reading(
        JsonParser json, Instant now, Duration resolveTimeout, IntakeBudget.Taken taken) {
      this.json = json;
      this.now = now;
      this.resolveTimeout = resolveTimeout;
      this.taken = taken;
    }

    private PostedAlerts all() throws ApiException, IOException, InterruptedException {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        throw new ApiException(400, "the body is not a JSON array of alerts");
      }
      for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
        if (i == MAX_ALERTS) {
          throw new ApiException(
              413, "a request may have at most " + MAX_ALERTS + " alerts; send them in parts");
        }
        Sent sent = sent();
        try {
          Alert alert = alert(sent);
          taken.more(alert.heapBytes());
          alerts.add(alert);
        } catch (ApiException e) {
          if (e.status() != 400) {
            throw e;
          }
          refused++;
          if (problems.size() < MAX_PROBLEMS) {
            problems.add("alert " + i + ": " + e.getMessage());
          }
        }
      }
      if (json.nextToken() != null) {
        throw new ApiException(400, "the body has something behind the array of alerts");
      }
      return new PostedAlerts(alerts, problems, refused);
    }

    private Sent sent() throws IOException {
      Sent sent = new Sent();
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        return sent;
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        switch (name.toLowerCase(Locale.ROOT)) { // as Go reads JSON
          case "labels" -> sent.labels = texts(name, sent);
          case "annotations" -> sent.annotations = texts(name, sent);
          case "startsat" -> sent.startsAt = text(name, sent);
          case "endsat" -> sent.endsAt = text(name, sent);
          case "generatorurl" -> sent.generatorUrl = text(name, sent);
          default -> json.skipChildren();
        }
      }
      return sent;
    }

    private String text(String member, Sent sent) throws IOException {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        return json.getText();
      }
      if (json.currentToken() != JsonToken.VALUE_NULL) {
        sent.problem(member + " is not a text");
        json.skipChildren();
      }
      return "";
    }

    private Labels texts(String member, Sent sent) throws IOException {
      if (json.currentToken() == JsonToken.VALUE_NULL) {
        return Labels.EMPTY;
      }
      if (json.currentToken() != JsonToken.START_OBJECT) {
        sent.problem(member + " is not an object of texts");
        json.skipChildren();
        return Labels.EMPTY;
      }
      Map<String, String> texts = new TreeMap<>();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        if (value == JsonToken.VALUE_STRING) {
          texts.put(name, shared(json.getText()));
        } else if (value != JsonToken.VALUE_NULL) {
          sent.problem(member + "." + shortened(name) + " is not a text");
          json.skipChildren();
        }
      }
      return Labels.of(texts);
    }

    private String shared(String text) {
      if (text.length() > MAX_SHARED_TEXT) {
        return text;
      }
      String before = shared.putIfAbsent(text, text);
      return before == null ? text : before;
    }

    private Alert alert(Sent sent) throws ApiException {
      if (sent.problem != null) {
        throw new ApiException(400, sent.problem);
      }
      checkSize(sent);
      Instant startsAt = time("startsAt", sent.startsAt);
      Instant endsAt = time("endsAt", sent.endsAt);
      boolean hasEnd = !ApiTime.isNone(endsAt);
      if (ApiTime.isNone(startsAt)) {
        startsAt = hasEnd && endsAt.isBefore(now) ? endsAt : now;
      }
      if (!hasEnd) {
        endsAt = now.plus(resolveTimeout);
      }
      if (endsAt.isBefore(startsAt)) {
        throw new ApiException(400, "start time must be before end time");
      }
      return new Alert(
          sent.labels,
          sent.annotations,
          startsAt,
          endsAt,
          now,
          sent.generatorUrl,
          hasEnd ? Alert.Origin.POSTED : Alert.Origin.POSTED_WITHOUT_END,
          Evidence.NONE);
    }
  }

  private static void checkSize(Sent sent) throws ApiException {
    if (sent.labels.isEmpty()) {
      throw new ApiException(400, "at least one label pair required");
    }
    if (sent.labels.asMap().containsKey("")) {
      throw new ApiException(400, "a label has no name");
    }
    if (sent.annotations.asMap().containsKey("")) {
      throw new ApiException(400, "an annotation has no name");
    }
    long bytes = sent.labels.bytes();
    if (bytes > MAX_BYTES_OF_LABELS) {
      throw new ApiException(
          400,
          "the labels of "
              + shortened(sent.labels.alertName())
              + " have "
              + bytes
              + " bytes; at most "
              + MAX_BYTES_OF_LABELS);
    }
    if (sent.generatorUrl.length() > MAX_URL) {
      throw new ApiException(
          400,
          "generatorURL of "
              + shortened(sent.labels.alertName())
              + " has "
              + sent.generatorUrl.length()
              + " characters; at most "
              + MAX_URL);
    }
  }

  private static Instant time(String name, String text) throws ApiException {
    return text.isEmpty() ? ApiTime.NONE : ApiTime.parse(name, text);
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
