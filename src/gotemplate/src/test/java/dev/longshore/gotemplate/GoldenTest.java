package dev.longshore.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Promise: a template makes the text that Go makes of it, or fails with Go's words. The expected
/// results were written by `amtool template render` 0.25 (Go 1.19).
final class GoldenTest {
  record Case(String template, @Nullable String text, @Nullable String error) {}

  static List<Case> cases() throws IOException {
    try (InputStream in = GoldenTest.class.getResourceAsStream("as-go-does.json")) {
      List<Case> cases = new ArrayList<>();
      for (JsonNode node : new ObjectMapper().readTree(in)) {
        cases.add(
            new Case(
                node.get("template").asText(),
                node.path("text").asText(null),
                node.path("error").asText(null)));
      }
      return cases;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isAsGoDoes(Case golden) {
    try {
      String text =
          new TemplateLibrary(Functions.alertmanager(new ManualClock()))
              .compile("", golden.template)
              .execute(data());
      assertThat(text).isEqualTo(golden.text);
    } catch (TemplateException e) {
      assertThat(e).hasMessage(golden.error);
    }
  }

  private static TemplateObject data() {
    TemplateObject alert =
        struct(
            "template.Alert",
            Map.of(
                "Labels",
                kv(Map.of("job", "checkout", "alertname", "A")),
                "StartsAt",
                Instant.parse("2026-03-01T14:05:09.123456Z"),
                "EndsAt",
                Instant.parse("2026-03-02T16:06:10.623456Z")));
    List<Object> alerts = List.of(alert);
    return struct(
        "template.Data",
        Map.of(
            "Status", "firing",
            "Receiver", "team",
            "CommonLabels", kv(Map.of("job", "checkout", "alertname", "A", "é", "ü")),
            "Alerts", named("template.Alerts", alerts, Map.of("Firing", alerts)),
            "ExternalURL", "http://am"));
  }

  private static TemplateObject kv(Map<String, String> labels) {
    TreeMap<String, String> sorted = new TreeMap<>(labels);
    return named(
        "template.KV",
        labels,
        Map.of("Names", List.copyOf(sorted.keySet()), "Values", List.copyOf(sorted.values())));
  }

  private static TemplateObject struct(String type, Map<String, Object> members) {
    return named(type, null, members);
  }

  private static TemplateObject named(
      String type, @Nullable Object underlying, Map<String, Object> members) {
    return new TemplateObject() {
      @Override
      public String typeName() {
        return type;
      }

      @Override
      public @Nullable Object member(String name, List<@Nullable Object> arguments) {
        return members.getOrDefault(name, NO_SUCH_MEMBER);
      }

      @Override
      public Object underlying() {
        return underlying == null ? this : underlying;
      }
    };
  }
}
