package dev.longshore.alerting.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.gotemplate.Histogram;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the JSON of `/api/v1/query` and `/api/v1/query_range`. One answer each.
final class AnswerReader {

  /// More series than this would be as many alerts; nobody reads them.
  static final int MAX_SERIES = 20_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(32).maxNameLength(64 << 10).build())
          .build();

  /// Why an answer can't be used.
  static final class TooManySeries extends IOException {
    private static final long serialVersionUID = 1;
  }

  private final JsonParser json;
  private @Nullable String status;
  private @Nullable String errorType;
  private @Nullable String error;
  private @Nullable String resultType;
  private final List<String> warnings = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  /// Every series with all of its samples; null where the last sample of each is enough.
  private final @Nullable List<Series> series;

  /// Of a scalar or a string, with its time.
  private @Nullable String single;

  private Instant singleAt = Instant.EPOCH;

  private AnswerReader(JsonParser json, @Nullable List<Series> series) {
    this.json = json;
    this.series = series;
  }

  /// @return samples, or the refusal that the body states
  /// @throws IOException when the body is not such an answer
  static Answer read(byte[] body) throws IOException {
    try (JsonParser json = JSON.createParser(body)) {
      AnswerReader reader = new AnswerReader(json, null);
      reader.top();
      return reader.answer();
    }
  }

  /// The same for a range of time.
  static RangeAnswer readRange(byte[] body) throws IOException {
    List<Series> series = new ArrayList<>();
    try (JsonParser json = JSON.createParser(body)) {
      AnswerReader reader = new AnswerReader(json, series);
      reader.top();
      return switch (reader.answer()) {
        case Answer.Samples(Answer.Kind kind, _, _) when kind == Answer.Kind.MATRIX ->
            new RangeAnswer.Found(series);
        case Answer.Samples _ -> throw new IOException("its result is no range of time");
        case Answer.Refused(String cause) -> new RangeAnswer.Nothing(cause);
        case Answer.Unavailable(String cause) -> new RangeAnswer.Nothing(cause);
      };
    }
  }

  /// The error that a body states, with its type; null when it states none.
  static @Nullable String error(byte[] body) {
    try (JsonParser json = JSON.createParser(body)) {
      AnswerReader reader = new AnswerReader(json, null);
      reader.top();
      return reader.error == null
          ? null
          : reader.errorType == null ? reader.error : reader.errorType + ": " + reader.error;
    } catch (IOException e) {
      return null;
    }
  }

  private Answer answer() throws IOException {
    if ("error".equals(status)) {
      return new Answer.Refused(error == null ? "no reason given" : error);
    }
    if (!"success".equals(status) || resultType == null) {
      throw new IOException("it states no status and no result");
    }
    return switch (resultType) {
      case "vector" -> new Answer.Samples(Answer.Kind.VECTOR, samples, warnings);
      case "matrix" -> new Answer.Samples(Answer.Kind.MATRIX, samples, warnings);
      case "scalar" -> {
        if (single == null) {
          throw new IOException("it holds a scalar without a value");
        }
        Sample scalar = new Sample(Labels.EMPTY, number(single), singleAt);
        yield new Answer.Samples(Answer.Kind.SCALAR, List.of(scalar), warnings);
      }
      case "string" ->
          new Answer.Refused("the expression is a string; a rule needs a vector or a scalar");
      default -> throw new IOException("its result is of the unknown type " + resultType);
    };
  }

  private void top() throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "status" -> status = json.getText();
        case "errorType" -> errorType = json.getText();
        case "error" -> error = json.getText();
        case "warnings" -> texts();
        case "data" -> data();
        default -> json.skipChildren();
      }
    }
  }

  private void texts() throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      warnings.add(json.getText());
    }
  }

  private void data() throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "resultType" -> resultType = json.getText();
        case "result" -> result();
        default -> json.skipChildren();
      }
    }
  }

  /// The elements tell what they are: series are objects, a scalar is a time and a value.
  private void result() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    expect(json.currentToken(), JsonToken.START_ARRAY);
    JsonToken first = json.nextToken();
    if (first == JsonToken.END_ARRAY) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      Instant at = time();
      json.nextToken();
      expect(json.currentToken(), JsonToken.VALUE_STRING);
      single = json.getText();
      singleAt = at;
      expect(json.nextToken(), JsonToken.END_ARRAY);
      return;
    }
    do {
      if (samples.size() == MAX_SERIES) {
        throw new TooManySeries();
      }
      oneSeries();
    } while (json.nextToken() == JsonToken.START_OBJECT);
    expect(json.currentToken(), JsonToken.END_ARRAY);
  }

  private void oneSeries() throws IOException {
    Labels labels = Labels.EMPTY;
    Sample last = null;
    List<Sample> all = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "metric" -> labels = labels();
        case "value" -> last = pair();
        case "histogram" -> last = histogram();
        case "values" -> {
          expect(json.currentToken(), JsonToken.START_ARRAY);
          while (json.nextToken() == JsonToken.START_ARRAY) {
            Sample number = pair();
            last = last == null || number.at().isAfter(last.at()) ? number : last;
            if (series != null) {
              all.add(number);
            }
          }
        }
        case "histograms" -> {
          expect(json.currentToken(), JsonToken.START_ARRAY);
          while (json.nextToken() == JsonToken.START_ARRAY) {
            Sample histogram = histogram();
            last = last == null || histogram.at().isAfter(last.at()) ? histogram : last;
          }
        }
        default -> json.skipChildren();
      }
    }
    if (last == null) {
      throw new IOException("a series has no value");
    }
    samples.add(last.with(labels));
    if (series != null) {
      series.add(new Series(labels, all));
    }
  }

  private Labels labels() throws IOException {
    expect(json.currentToken(), JsonToken.START_OBJECT);
    Map<String, String> labels = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      expect(json.nextToken(), JsonToken.VALUE_STRING);
      labels.put(name, json.getText());
    }
    return Labels.of(labels);
  }

  private Sample pair() throws IOException {
    expect(json.currentToken(), JsonToken.START_ARRAY);
    json.nextToken();
    Instant at = time();
    json.nextToken();
    double value = value();
    expect(json.nextToken(), JsonToken.END_ARRAY);
    return new Sample(Labels.EMPTY, value, at);
  }

  private Sample histogram() throws IOException {
    expect(json.currentToken(), JsonToken.START_ARRAY);
    json.nextToken();
    Instant at = time();
    expect(json.nextToken(), JsonToken.START_OBJECT);
    double count = 0;
    double sum = 0;
    List<Histogram.Bucket> buckets = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "count" -> count = value();
        case "sum" -> sum = value();
        case "buckets" -> {
          while (json.nextToken() == JsonToken.START_ARRAY) {
            buckets.add(bucket());
          }
        }
        default -> json.skipChildren();
      }
    }
    expect(json.nextToken(), JsonToken.END_ARRAY);
    return new Sample(Labels.EMPTY, 0, at, new Histogram(count, sum, buckets));
  }

  /// Which bounds belong to it (0 the upper, 1 the lower, 2 none, 3 both), the bounds, and its
  /// count.
  private Histogram.Bucket bucket() throws IOException {
    expect(json.nextToken(), JsonToken.VALUE_NUMBER_INT);
    int bounds = json.getIntValue();
    json.nextToken();
    double lower = value();
    json.nextToken();
    double upper = value();
    json.nextToken();
    double count = value();
    expect(json.nextToken(), JsonToken.END_ARRAY);
    return new Histogram.Bucket(
        bounds == 1 || bounds == 3, lower, upper, bounds == 0 || bounds == 3, count);
  }

  private Instant time() throws IOException {
    if (!json.currentToken().isNumeric()) {
      throw new IOException("a time is " + json.currentToken());
    }
    return Instant.ofEpochMilli(Math.round(json.getDoubleValue() * 1000));
  }

  private double value() throws IOException {
    expect(json.currentToken(), JsonToken.VALUE_STRING);
    return number(json.getText());
  }

  private static double number(String text) throws IOException {
    try {
      return switch (text) {
        case "NaN" -> Double.NaN;
        case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw new IOException("a value is no number", e);
    }
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted) throws IOException {
    if (found != wanted) {
      throw new IOException("where " + wanted + " belongs there is " + found);
    }
  }
}
