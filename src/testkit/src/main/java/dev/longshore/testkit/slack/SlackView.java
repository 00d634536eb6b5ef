package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A channel as a person sees it, in text.
final class SlackView {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final Pattern SPECIAL = Pattern.compile("<([^<>]+)>");
  private static final Map<String, String> EMOJI =
      Map.ofEntries(
          Map.entry(":red_circle:", "🔴"),
          Map.entry(":large_green_circle:", "🟢"),
          Map.entry(":large_yellow_circle:", "🟡"),
          Map.entry(":large_orange_circle:", "🟠"),
          Map.entry(":white_circle:", "⚪"),
          Map.entry(":no_bell:", "🔕"),
          Map.entry(":bell:", "🔔"),
          Map.entry(":white_check_mark:", "✅"),
          Map.entry(":warning:", "⚠"),
          Map.entry(":ocean:", "🌊"));

  private SlackView() {}

  /// A channel with its threads, as it looks now.
  static String of(SlackChannel channel) {
    StringBuilder view = new StringBuilder("#").append(channel.name).append('\n');
    for (SlackMessage message : channel.messages) {
      if (message.threadTs == null) {
        append(view, message, "");
        channel.messages.stream()
            .filter(reply -> message.ts.equals(reply.threadTs))
            .forEach(reply -> append(view, reply, "    ↳ "));
      }
    }
    return view.toString();
  }

  private static void append(StringBuilder view, SlackMessage message, String indent) {
    view.append('\n').append(indent).append(TIME.format(message.postedAt)).append("  ");
    view.append(message.author).append(" APP");
    if (message.broadcast) {
      view.append("  (also sent to the channel)");
    }
    if (message.deleted) {
      view.append("  (deleted)\n");
      return;
    }
    if (message.edits() > 0) {
      view.append("  (edited ").append(message.edits()).append("x)");
    }
    view.append('\n');
    String margin = " ".repeat(indent.length()) + "  ";
    for (String line : lines(message.content())) {
      line.lines().forEach(part -> view.append(margin).append(part).append('\n'));
    }
  }

  /// What a message shows; `text` only where there are no blocks.
  static List<String> lines(SlackMessage.Content content) {
    List<String> lines = new ArrayList<>();
    if (content.blocks() != null && !content.blocks().isEmpty()) {
      content.blocks().forEach(block -> lines.add(block(block)));
    } else if (!content.text().isEmpty()) {
      lines.add(mrkdwn(content.text()));
    }
    if (content.attachments() != null) {
      for (JsonNode attachment : content.attachments()) {
        List<String> attached = new ArrayList<>();
        for (String key : List.of("pretext", "title", "text")) {
          if (!attachment.path(key).asText("").isEmpty()) {
            attached.add(mrkdwn(attachment.path(key).asText()));
          }
        }
        attachment
            .path("fields")
            .forEach(
                field ->
                    attached.add(
                        mrkdwn(field.path("title").asText())
                            + ": "
                            + mrkdwn(field.path("value").asText())));
        attachment.path("blocks").forEach(block -> attached.add(block(block)));
        if (!attachment.path("footer").asText("").isEmpty()) {
          attached.add(mrkdwn(attachment.path("footer").asText()));
        }
        attached.forEach(text -> text.lines().forEach(line -> lines.add("▌ " + line)));
      }
    }
    return lines;
  }

  private static String block(JsonNode block) {
    return switch (block.path("type").asText()) {
      case "divider" -> "――――";
      case "header" -> text(block.path("text"));
      case "section" -> {
        List<String> parts = new ArrayList<>();
        if (block.has("text")) {
          parts.add(text(block.path("text")));
        }
        block.path("fields").forEach(field -> parts.add(text(field)));
        yield String.join("\n", parts);
      }
      case "context" -> joined(block.path("elements"), "  ");
      case "actions" -> {
        List<String> parts = new ArrayList<>();
        block
            .path("elements")
            .forEach(
                button ->
                    parts.add(
                        "["
                            + button.path("text").path("text").asText()
                            + "]"
                            + (button.has("url") ? "(" + button.path("url").asText() + ")" : "")));
        yield String.join(" ", parts);
      }
      case "rich_text" -> {
        List<String> parts = new ArrayList<>();
        block.path("elements").forEach(element -> parts.add(rich(element)));
        yield String.join("\n", parts);
      }
      default -> "(" + block.path("type").asText() + ")";
    };
  }

  private static String rich(JsonNode element) {
    StringBuilder text = new StringBuilder();
    if (element.path("type").asText().equals("rich_text_list")) {
      element.path("elements").forEach(item -> text.append("• ").append(rich(item)).append('\n'));
      return text.toString().stripTrailing();
    }
    for (JsonNode leaf : element.path("elements")) {
      switch (leaf.path("type").asText()) {
        case "link" -> {
          String label = leaf.path("text").asText("");
          text.append(label.isEmpty() ? leaf.path("url").asText() : label);
        }
        case "emoji" -> {
          String name = ":" + leaf.path("name").asText() + ":";
          text.append(EMOJI.getOrDefault(name, name));
        }
        case "date" -> text.append(leaf.path("fallback").asText());
        default -> text.append(leaf.path("text").asText(""));
      }
    }
    if (element.path("type").asText().equals("rich_text_preformatted")) {
      return "    | " + text.toString().stripTrailing().replace("\n", "\n    | ");
    }
    return text.toString();
  }

  private static String joined(JsonNode elements, String between) {
    List<String> parts = new ArrayList<>();
    elements.forEach(element -> parts.add(text(element)));
    return String.join(between, parts);
  }

  private static String text(JsonNode text) {
    return text.path("type").asText().equals("mrkdwn")
        ? mrkdwn(text.path("text").asText())
        : plain(text);
  }

  /// Slack's markup, as it is shown.
  static String mrkdwn(String text) {
    Matcher special = SPECIAL.matcher(text);
    String shown =
        special.replaceAll(
            match -> {
              String inside = match.group(1);
              String[] parts = inside.split("\\|", 2);
              if (inside.startsWith("!date^")) {
                List<String> date = List.of(parts[0].split("\\^", 4));
                return Matcher.quoteReplacement(
                    TIME.format(Instant.ofEpochSecond(Long.parseLong(date.get(1)))));
              }
              return Matcher.quoteReplacement(parts[parts.length - 1].replaceFirst("^!", "@"));
            });
    return withEmoji(shown).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }

  /// `plain_text`, which shows emoji unless it says otherwise.
  private static String plain(JsonNode text) {
    String shown = text.path("text").asText();
    return text.path("emoji").asBoolean(true) ? withEmoji(shown) : shown;
  }

  private static String withEmoji(String text) {
    String shown = text;
    for (Map.Entry<String, String> emoji : EMOJI.entrySet()) {
      shown = shown.replace(emoji.getKey(), emoji.getValue());
    }
    return shown;
  }
}
