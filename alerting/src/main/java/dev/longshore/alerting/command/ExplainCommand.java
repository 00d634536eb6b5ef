package dev.longshore.alerting.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// `longshore alerting explain ALERT`: why people were told of an alert, or not. Exit code 1 when
/// nothing is known of it.
final class ExplainCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final PrintStream out;

  ExplainCommand(PrintStream out) {
    this.out = out;
  }

  int run(List<String> words) throws Wrong, IOException, InterruptedException {
    Arguments arguments =
        new Arguments(words, Set.of("--url", HttpConfigFile.OPTION), Set.of("--json"), 1);
    if (arguments.operands().isEmpty()) {
      throw new Wrong(
          "no alert; give its name, or matchers such as 'severity=page,pod=~\"web.*\"'");
    }
    String asked = arguments.operands().getFirst();
    JsonNode page =
        new Server(
                Commands.url(arguments), HttpConfigFile.of(arguments.value(HttpConfigFile.OPTION)))
            .get("/explain?alert=" + URLEncoder.encode(asked, StandardCharsets.UTF_8), "alerts");
    if (arguments.has("--json")) {
      out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(page));
    } else {
      print(asked, page);
    }
    return page.path("alerts").isEmpty() && page.path("rules").isEmpty()
        ? Commands.FAILED
        : Commands.OK;
  }

  private void print(String asked, JsonNode page) {
    page.path("rules").forEach(this::rule);
    page.path("alerts").forEach(this::alert);
    if (page.path("more").asInt() > 0) {
      out.println("and " + page.path("more").asInt() + " more; narrow them down by matchers");
    }
    if (page.path("alerts").isEmpty()) {
      out.println(
          page.path("rules").isEmpty()
              ? "Nothing is known of " + asked + ": no rule, no alert, no decision."
              : "No alert of it is or was known.");
    }
  }

  private void rule(JsonNode rule) {
    out.printf(
        "rule %s (%s) is %s%n",
        rule.path("name").asText(), rule.path("place").asText(), rule.path("state").asText());
    out.println(
        "  asks       " + rule.path("query").asText().strip().replace("\n", "\n             "));
    out.println(
        "  evaluated  "
            + (rule.has("lastEvaluation") ? time(rule.path("lastEvaluation")) : "never")
            + ", "
            + (rule.has("lastError")
                ? "and failed: " + rule.path("lastError").asText()
                : rule.path("alerts").asInt() + " alerts"));
    out.println();
  }

  private void alert(JsonNode alert) {
    List<String> labels = new ArrayList<>();
    for (Map.Entry<String, JsonNode> label : alert.path("labels").properties()) {
      labels.add(label.getKey() + "=\"" + label.getValue().asText() + "\"");
    }
    String since =
        alert.has("startsAt")
            ? " since " + time(alert.path("startsAt"))
            : alert.has("activeAt") ? " since " + time(alert.path("activeAt")) : "";
    String until = alert.has("endsAt") ? " until " + time(alert.path("endsAt")) : "";
    out.println("{" + String.join(", ", labels) + "}");
    out.println("  " + alert.path("state").asText() + since + until + value(alert));
    for (JsonNode group : alert.path("groups")) {
      out.println(
          "  in group "
              + group.path("key").asText()
              + " of "
              + group.path("receiver").asText()
              + (group.has("nextLook") ? ", next looked at " + time(group.path("nextLook")) : "")
              + (group.has("acknowledgedBy")
                  ? ", acknowledged by "
                      + group.path("acknowledgedBy").asText()
                      + " until "
                      + time(group.path("acknowledgedUntil"))
                  : ""));
    }
    suppressed(alert.path("silencedBy"), "silenced by ");
    suppressed(alert.path("inhibitedBy"), "inhibited by ");
    for (JsonNode decision : alert.path("decisions")) {
      out.printf(
          "  %s  %-8s %s%n",
          time(decision.path("at")),
          decision.path("stage").asText(),
          decision.path("what").asText());
    }
    out.println();
  }

  private static String value(JsonNode alert) {
    return alert.has("value") ? ", value " + alert.path("value").asText() : "";
  }

  private void suppressed(JsonNode by, String words) {
    if (!by.isEmpty()) {
      List<String> names = new ArrayList<>();
      by.forEach(it -> names.add(it.asText()));
      out.println("  " + words + String.join(", ", names));
    }
  }

  private static String time(JsonNode instant) {
    return TIME.format(Instant.parse(instant.asText())) + " UTC";
  }
}
