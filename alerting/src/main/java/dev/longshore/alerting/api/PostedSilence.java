package dev.longshore.alerting.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.silence.SilenceRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The body of `POST /api/v2/silences`, read.
final class PostedSilence {
  private static final JsonMapper JSON = new JsonMapper();

  private PostedSilence() {}

  /// @param user who has logged in, and so who makes the silence, whatever the body says; null when
  ///   nobody has
  static SilenceRequest read(byte[] body, @Nullable String user) throws ApiException {
    JsonNode silence;
    try {
      silence = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new ApiException(400, "the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new ApiException(400, "the body can't be read: " + e.getMessage());
    }
    if (silence == null || !silence.isObject()) {
      throw new ApiException(400, "the body is not a JSON object");
    }
    List<Matcher> matchers = new ArrayList<>();
    for (JsonNode matcher : silence.path("matchers")) {
      matchers.add(matcher(matcher));
    }
    Map<String, String> annotations = new TreeMap<>();
    silence
        .path("annotations")
        .properties()
        .forEach(it -> annotations.put(it.getKey(), it.getValue().asText()));
    return new SilenceRequest(
        silence.path("id").asText(""),
        matchers,
        ApiTime.parse("startsAt", text(silence, "startsAt")),
        ApiTime.parse("endsAt", text(silence, "endsAt")),
        user != null ? user : text(silence, "createdBy"),
        text(silence, "comment"),
        annotations);
  }

  private static Matcher matcher(JsonNode node) throws ApiException {
    boolean regex = flag(node, "isRegex", false);
    boolean equal = flag(node, "isEqual", true);
    Matcher.Op op =
        regex
            ? equal ? Matcher.Op.MATCHES : Matcher.Op.DOES_NOT_MATCH
            : equal ? Matcher.Op.EQUAL : Matcher.Op.NOT_EQUAL;
    String name = text(node, "name");
    if (name.isEmpty()) {
      throw new ApiException(400, "a matcher has no name");
    }
    try {
      return new Matcher(name, op, text(node, "value"));
    } catch (IllegalArgumentException e) {
      throw new ApiException(400, "matcher '" + name + "': " + e.getMessage());
    }
  }

  private static boolean flag(JsonNode node, String name, boolean standard) throws ApiException {
    JsonNode flag = node.path(name);
    if (flag.isMissingNode() || flag.isNull()) {
      return standard;
    }
    if (!flag.isBoolean()) {
      throw new ApiException(400, name + " is neither true nor false");
    }
    return flag.booleanValue();
  }

  private static String text(JsonNode node, String name) throws ApiException {
    JsonNode text = node.path(name);
    if (!text.isTextual()) {
      throw new ApiException(400, name + " in body is required, as a text");
    }
    return text.textValue();
  }
}
