package dev.longshore.alerting.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.silence.Silence;
import dev.longshore.shared.ops.OpsReply;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The API's objects as JSON. Arrays are `[]`, never null.
final class ApiJson {

  /// What clients are told of the end of an alert that only its rule can end: they read it as
  /// "still firing".
  private static final Duration OPEN_END = Duration.ofMinutes(5);

  /// Flushing and closing are the server's; what is not complete is not closed as if it were.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .build();

  private ApiJson() {}

  /// Something written by a generator.
  interface Writing {
    void write(JsonGenerator json) throws IOException;
  }

  /// An answer that is written while it is sent.
  static OpsReply reply(int status, Writing writing) {
    return new OpsReply(status, "application/json", Map.of(), out -> write(out, writing));
  }

  private static void write(OutputStream out, Writing writing) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      writing.write(json);
    }
  }

  /// An error is a JSON string.
  static OpsReply error(int status, String message) {
    return reply(status, json -> json.writeString(message));
  }

  /// An alert as `gettableAlert`.
  static void alert(
      JsonGenerator json,
      Alert alert,
      Suppression suppression,
      Collection<String> receivers,
      Instant now)
      throws IOException {
    json.writeStartObject();
    labels(json, "annotations", alert.annotations());
    json.writeStringField(
        "endsAt", ApiTime.text(alert.endsAt() == null ? now.plus(OPEN_END) : alert.endsAt()));
    json.writeStringField("fingerprint", alert.fingerprint().toString());
    json.writeArrayFieldStart("receivers");
    for (String receiver : receivers) {
      json.writeStartObject();
      json.writeStringField("name", receiver);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("startsAt", ApiTime.text(alert.startsAt()));
    json.writeObjectFieldStart("status");
    texts(
        json,
        "inhibitedBy",
        suppression.inhibitedBy().stream().map(Fingerprint::toString).toList());
    texts(json, "mutedBy", suppression.mutedBy());
    texts(json, "silencedBy", suppression.silencedBy());
    json.writeStringField("state", suppression.isNotifiable() ? "active" : "suppressed");
    json.writeEndObject();
    json.writeStringField("updatedAt", ApiTime.text(alert.updatedAt()));
    json.writeStringField("generatorURL", alert.generatorUrl());
    labels(json, "labels", alert.labels());
    json.writeEndObject();
  }

  /// A silence as `gettableSilence`. One that matches nothing keeps the state that its times give
  /// it, so that it is seen among the others and can be ended; clients that know only
  /// Alertmanager's members read why in the comment.
  static void silence(JsonGenerator json, Silence silence, Instant now) throws IOException {
    String problem = silence.problem();
    json.writeStartObject();
    json.writeStringField("id", silence.id());
    json.writeObjectFieldStart("status");
    json.writeStringField("state", silence.state(now).name().toLowerCase(Locale.ROOT));
    if (problem != null) {
      json.writeStringField("problem", problem);
    }
    json.writeEndObject();
    json.writeStringField("updatedAt", ApiTime.text(silence.updatedAt()));
    json.writeStringField(
        "comment",
        problem == null
            ? silence.comment()
            : "[matches nothing: " + problem + "] " + silence.comment());
    json.writeStringField("createdBy", silence.createdBy());
    json.writeStringField("endsAt", ApiTime.text(silence.endsAt()));
    json.writeStringField("startsAt", ApiTime.text(silence.startsAt()));
    json.writeArrayFieldStart("matchers");
    for (Matcher matcher : silence.matchers()) {
      json.writeStartObject();
      json.writeBooleanField("isEqual", matcher.op().isPositive());
      json.writeBooleanField("isRegex", matcher.op().isRegex());
      json.writeStringField("name", matcher.name());
      json.writeStringField("value", matcher.value());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (!silence.annotations().isEmpty()) {
      labels(json, "annotations", Labels.of(silence.annotations()));
    }
    json.writeEndObject();
  }

  /// The member `acknowledgement` of a group; nothing where nobody has acknowledged it.
  static void acknowledgement(JsonGenerator json, @Nullable Acknowledgement acknowledgement)
      throws IOException {
    if (acknowledgement != null) {
      json.writeObjectFieldStart("acknowledgement");
      members(json, acknowledgement);
      json.writeEndObject();
    }
  }

  static void members(JsonGenerator json, Acknowledgement acknowledgement) throws IOException {
    json.writeStringField("createdBy", acknowledgement.by());
    json.writeStringField("comment", acknowledgement.comment());
    json.writeStringField("startsAt", ApiTime.text(acknowledgement.at()));
    json.writeStringField("endsAt", ApiTime.text(acknowledgement.until()));
  }

  static void labels(JsonGenerator json, String name, Labels labels) throws IOException {
    json.writeObjectFieldStart(name);
    for (var label : labels.asMap().entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
  }

  static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
