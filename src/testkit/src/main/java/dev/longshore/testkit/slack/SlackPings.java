package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who a message would notify by a mention, wherever in it the mention stands.
final class SlackPings {
  private static final Pattern MENTION = Pattern.compile("<(![a-z]+[^>]*|@[A-Za-z0-9._-]+[^>]*)>");
  private static final Pattern LINKED = Pattern.compile("(?<![\\w/])@[A-Za-z0-9._-]+");

  private SlackPings() {}

  static List<String> of(SlackMessage.Content content) {
    List<String> pings = new ArrayList<>();
    boolean linkNames =
        content.body().path("link_names").asBoolean(false)
            || content.body().path("link_names").asText().equals("1")
            || content.body().path("parse").asText().equals("full");
    inText(content.text(), linkNames, pings);
    if (content.blocks() != null) {
      inTree(content.blocks(), linkNames, pings);
    }
    if (content.attachments() != null) {
      inTree(content.attachments(), linkNames, pings);
    }
    return pings;
  }

  private static void inTree(JsonNode node, boolean linkNames, List<String> pings) {
    String type = node.path("type").asText();
    switch (type) {
      case "plain_text", "text", "link", "button" -> {
        if (type.equals("button")) {
          break;
        }
        return; // literal: nothing in it is parsed
      }
      case "broadcast", "user", "usergroup" -> {
        pings.add(node.toString());
        return;
      }
      case "mrkdwn" -> {
        inText(node.path("text").asText(), linkNames, pings);
        return;
      }
      default -> {}
    }
    if (node.isObject()) {
      node.properties()
          .forEach(
              field -> {
                if (field.getValue().isTextual()) {
                  switch (field.getKey()) {
                    case "text", "pretext", "fallback", "value", "title", "footer" ->
                        inText(field.getValue().asText(), linkNames, pings);
                    default -> {}
                  }
                } else {
                  inTree(field.getValue(), linkNames, pings);
                }
              });
    } else {
      node.forEach(child -> inTree(child, linkNames, pings));
    }
  }

  private static void inText(String text, boolean linkNames, List<String> pings) {
    Matcher mention = MENTION.matcher(text);
    while (mention.find()) {
      if (!mention.group(1).startsWith("!date")) {
        pings.add(mention.group());
      }
    }
    if (linkNames) {
      Matcher linked = LINKED.matcher(text);
      while (linked.find()) {
        pings.add(linked.group());
      }
    }
  }
}
