package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.silence.Silence;
import dev.longshore.shared.ops.OpsReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A silence that matches nothing is seen among the others, with the reason, in what Alertmanager's
/// clients show and in a member of its own.
final class UnusableSilenceTest {
  private static final Instant NOW = Instant.parse("2026-11-23T06:00:00Z");

  @Test
  void itKeepsItsStateAndMatchersAndSaysWhyItMatchesNothing() throws IOException {
    JsonNode shown = shown("{pod=~\"(\",team=\"shop\"}");

    assertThat(shown.path("status").path("state").asText()).isEqualTo("active");
    String problem = shown.path("status").path("problem").asText();
    assertThat(problem).startsWith("'(' is not a regular expression");
    assertThat(shown.path("comment").asText())
        .isEqualTo("[matches nothing: " + problem + "] patching");
    assertThat(shown.path("matchers")).hasSize(2);
    assertThat(shown.path("matchers").get(0).path("value").asText()).isEqualTo("(");
    assertThat(shown.path("matchers").get(0).path("isRegex").asBoolean()).isTrue();
  }

  @Test
  void oneThatCanBeUsedHasNoSuchMember() throws IOException {
    JsonNode shown = shown("{team=\"shop\"}");
    assertThat(shown.path("status").has("problem")).isFalse();
    assertThat(shown.path("comment").asText()).isEqualTo("patching");
  }

  private static JsonNode shown(String stored) throws IOException {
    Silence silence =
        new Silence(
            "7f3e",
            Matchers.parseStored(stored),
            NOW,
            NOW.plusSeconds(3600),
            NOW,
            "operator",
            "patching",
            Map.of());
    OpsReply reply = ApiJson.reply(200, json -> ApiJson.silence(json, silence, NOW));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    reply.body().writeTo(out);
    return new JsonMapper().readTree(out.toByteArray());
  }
}
