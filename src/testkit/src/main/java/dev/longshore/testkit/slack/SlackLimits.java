package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What Slack accepts in a message. Lengths are counted in UTF-16 units, of which a text never has
/// fewer than characters.
final class SlackLimits {

  /// Why a message is refused.
  ///
  /// @param messages as in `response_metadata.messages`, each with a JSON pointer
  record Refusal(String error, List<String> messages) {}

  static final int TEXT = 40_000;
  static final int BLOCKS = 50;

  /// Nowhere documented; refused messages were seen from 11,341 on.
  static final int ALL_BLOCKS_TEXT = 11_300;

  static final int ATTACHMENTS = 100;

  private final List<String> problems = new ArrayList<>();
  private final Set<String> blockIds = new HashSet<>();
  private long allText;

  private SlackLimits() {}

  /// Why a message is refused; null when it is accepted.
  static @Nullable Refusal check(
      String text, @Nullable JsonNode blocks, @Nullable JsonNode attachments) {
    boolean noBlocks = blocks == null || blocks.isEmpty();
    boolean noAttachments = attachments == null || attachments.isEmpty();
    if (text.isEmpty() && noBlocks && noAttachments) {
      return new Refusal("no_text", List.of());
    }
    if (text.length() > TEXT) {
      return new Refusal("msg_too_long", List.of());
    }
    SlackLimits limits = new SlackLimits();
    if (blocks != null) {
      if (!blocks.isArray()) {
        return new Refusal("invalid_blocks_format", List.of());
      }
      limits.blocks(blocks, "/blocks");
    }
    if (attachments != null) {
      if (!attachments.isArray()) {
        return new Refusal("invalid_attachments", List.of());
      }
      if (attachments.size() > ATTACHMENTS) {
        return new Refusal("too_many_attachments", List.of());
      }
      for (int i = 0; i < attachments.size(); i++) {
        JsonNode attached = attachments.get(i).path("blocks");
        if (attached.isArray()) {
          limits.blocks(attached, "/attachments/" + i + "/blocks");
        }
      }
    }
    if (!limits.problems.isEmpty()) {
      return new Refusal("invalid_blocks", List.copyOf(limits.problems));
    }
    if (limits.allText > ALL_BLOCKS_TEXT) {
      return new Refusal("msg_blocks_too_long", List.of());
    }
    return null;
  }

  private void blocks(JsonNode blocks, String path) {
    if (blocks.size() > BLOCKS) {
      problem("no more than 50 items allowed", path);
    }
    for (int i = 0; i < blocks.size(); i++) {
      block(blocks.get(i), path + "/" + i);
    }
  }

  private void block(JsonNode block, String path) {
    JsonNode id = block.path("block_id");
    if (id.isTextual()) {
      length(id, 255, path + "/block_id");
      if (!blockIds.add(id.asText())) {
        problem("`block_id` already exists", path + "/block_id");
      }
    }
    switch (block.path("type").asText()) {
      case "divider" -> {}
      case "header" -> {
        if (!block.path("text").path("type").asText().equals("plain_text")) {
          problem("must be plain_text", path + "/text");
        }
        text(block.path("text"), 150, path + "/text");
      }
      case "section" -> section(block, path);
      case "context" -> {
        items(block.path("elements"), 1, 10, path + "/elements");
        for (int i = 0; i < block.path("elements").size(); i++) {
          JsonNode element = block.path("elements").get(i);
          if (!element.path("type").asText().equals("image")) {
            text(element, 3_000, path + "/elements/" + i);
          }
        }
      }
      case "actions" -> {
        items(block.path("elements"), 1, 25, path + "/elements");
        for (int i = 0; i < block.path("elements").size(); i++) {
          element(block.path("elements").get(i), path + "/elements/" + i);
        }
      }
      case "image" -> {
        required(block.path("image_url"), 3_000, path + "/image_url");
        required(block.path("alt_text"), 2_000, path + "/alt_text");
      }
      case "rich_text" -> {
        items(block.path("elements"), 1, Integer.MAX_VALUE, path + "/elements");
        for (int i = 0; i < block.path("elements").size(); i++) {
          richText(block.path("elements").get(i), path + "/elements/" + i);
        }
      }
      default -> problem("unsupported type: " + block.path("type").asText(), path + "/type");
    }
  }

  private void section(JsonNode block, String path) {
    boolean text = block.has("text");
    boolean fields = block.has("fields");
    if (!text && !fields) {
      problem("missing required field: text or fields", path);
    }
    if (text) {
      text(block.path("text"), 3_000, path + "/text");
    }
    if (fields) {
      items(block.path("fields"), 1, 10, path + "/fields");
      for (int i = 0; i < block.path("fields").size(); i++) {
        text(block.path("fields").get(i), 2_000, path + "/fields/" + i);
      }
    }
    if (block.has("accessory")) {
      element(block.path("accessory"), path + "/accessory");
    }
  }

  private void element(JsonNode element, String path) {
    switch (element.path("type").asText()) {
      case "button" -> {
        if (!element.path("text").path("type").asText().equals("plain_text")) {
          problem("must be plain_text", path + "/text");
        }
        text(element.path("text"), 75, path + "/text");
        length(element.path("value"), 2_000, path + "/value");
        length(element.path("url"), 3_000, path + "/url");
        length(element.path("action_id"), 255, path + "/action_id");
        if (element.has("url") && !element.path("url").asText().matches("(?s)[a-z]+:.+")) {
          problem("must be a valid URL", path + "/url");
        }
        if (element.has("style")
            && !List.of("primary", "danger").contains(element.path("style").asText())) {
          problem("must be one of primary, danger", path + "/style");
        }
        JsonNode confirm = element.path("confirm");
        if (!confirm.isMissingNode()) {
          text(confirm.path("title"), 100, path + "/confirm/title");
          text(confirm.path("text"), 300, path + "/confirm/text");
          text(confirm.path("confirm"), 30, path + "/confirm/confirm");
          text(confirm.path("deny"), 30, path + "/confirm/deny");
        }
      }
      case "image" -> {
        required(element.path("image_url"), 3_000, path + "/image_url");
        required(element.path("alt_text"), 2_000, path + "/alt_text");
      }
      default -> problem("unsupported type: " + element.path("type").asText(), path + "/type");
    }
  }

  private void richText(JsonNode element, String path) {
    String type = element.path("type").asText();
    if (type.equals("rich_text_list")) {
      items(element.path("elements"), 1, Integer.MAX_VALUE, path + "/elements");
      for (int i = 0; i < element.path("elements").size(); i++) {
        richText(element.path("elements").get(i), path + "/elements/" + i);
      }
      return;
    }
    if (!Set.of("rich_text_section", "rich_text_preformatted", "rich_text_quote").contains(type)) {
      problem("unsupported type: " + type, path + "/type");
      return;
    }
    items(element.path("elements"), 1, Integer.MAX_VALUE, path + "/elements");
    for (int i = 0; i < element.path("elements").size(); i++) {
      JsonNode leaf = element.path("elements").get(i);
      String at = path + "/elements/" + i;
      switch (leaf.path("type").asText()) {
        case "text" -> required(leaf.path("text"), 3_000, at + "/text");
        case "link" -> {
          required(leaf.path("url"), 3_000, at + "/url");
          count(leaf.path("text"));
        }
        case "emoji" -> required(leaf.path("name"), 100, at + "/name");
        case "date" -> {
          if (!leaf.path("timestamp").isIntegralNumber()) {
            problem("must be an integer", at + "/timestamp");
          }
          required(leaf.path("format"), 500, at + "/format");
        }
        case "broadcast", "user", "usergroup", "channel", "color" -> {}
        default -> problem("unsupported type: " + leaf.path("type").asText(), at + "/type");
      }
    }
  }

  private void text(JsonNode text, int limit, String path) {
    String type = text.path("type").asText();
    if (!type.equals("mrkdwn") && !type.equals("plain_text")) {
      problem("unsupported type: " + type, path + "/type");
    }
    required(text.path("text"), limit, path + "/text");
  }

  private void required(JsonNode text, int limit, String path) {
    if (!text.isTextual() || text.asText().isEmpty()) {
      problem("must be more than 0 characters", path);
      return;
    }
    length(text, limit, path);
    count(text);
  }

  private void count(JsonNode text) {
    allText += text.asText().length();
  }

  private void length(JsonNode text, int limit, String path) {
    if (text.asText().length() > limit) {
      problem("must be less than " + (limit + 1) + " characters", path);
    }
  }

  private void items(JsonNode items, int least, int most, String path) {
    if (!items.isArray() || items.size() < least) {
      problem("must have at least " + least + " items", path);
    } else if (items.size() > most) {
      problem("no more than " + most + " items allowed", path);
    }
  }

  private void problem(String what, String path) {
    problems.add("[ERROR] " + what + " [json-pointer:" + path + "]");
  }
}
