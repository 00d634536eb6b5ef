package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Blocks of one message within Slack's limits, whatever they are given: what does not fit any more
/// is cut or left out. Lengths are counted in UTF-16 units after escaping.
public final class Blocks {

  /// Slack takes 50; some are kept for what must be said at the end.
  static final int MOST = 45;

  /// All text together; Slack was seen to refuse from 11,341 on.
  static final int ALL_TEXT = 9_000;

  static final int SECTION = 2_900;
  static final int FIELD = 1_900;
  static final int BUTTON = 70;
  static final int URL = 2_900;
  static final int HEADER = 148;

  /// A link, as a button.
  record Button(String text, String url) {}

  private final ArrayNode blocks = JsonNodeFactory.instance.arrayNode();
  private int left = ALL_TEXT;

  public ArrayNode node() {
    return blocks;
  }

  /// How much text still fits.
  int left() {
    return left;
  }

  public boolean isFull() {
    return blocks.size() >= MOST || left < 100;
  }

  /// A title, as text without markup.
  public void header(String plain) {
    String text = take(Markup.cutPlain(plain.replace('\n', ' ').strip(), HEADER), false);
    if (!text.isEmpty()) {
      blocks.add(object("header").set("text", text("plain_text", text).put("emoji", true)));
    }
  }

  /// mrkdwn, in as many sections as it needs.
  public void sections(String mrkdwn) {
    String rest = mrkdwn.strip();
    while (!rest.isEmpty() && !isFull()) {
      String part = rest;
      if (rest.length() > SECTION) {
        int line = rest.lastIndexOf('\n', SECTION);
        if (line > SECTION / 2) {
          part = rest.substring(0, line);
        } else {
          String cut = Markup.cut(rest, SECTION);
          part = cut.substring(0, cut.length() - 1);
          if (part.isEmpty()) {
            part = Markup.escaped(Markup.cutPlain(rest, SECTION / 5));
            rest = rest.substring(Math.min(rest.length(), SECTION));
            section(part);
            continue;
          }
        }
      }
      rest = rest.substring(part.length()).stripLeading();
      section(part);
    }
  }

  private void section(String mrkdwn) {
    String text = take(mrkdwn, true);
    if (!text.isBlank()) {
      blocks.add(object("section").set("text", text("mrkdwn", text)));
    }
  }

  /// Up to ten short mrkdwn texts, side by side.
  void fields(List<String> mrkdwn) {
    ObjectNode block = object("section");
    ArrayNode fields = block.putArray("fields");
    for (String field : mrkdwn) {
      String text = isFull() ? "" : take(Markup.cut(field, FIELD), true);
      if (!text.isBlank() && fields.size() < 10) {
        fields.add(text("mrkdwn", text));
      }
    }
    add(block, fields);
  }

  /// A small line of mrkdwn.
  public void context(String mrkdwn) {
    String text = isFull() ? "" : take(Markup.cut(mrkdwn, SECTION), true);
    if (!text.isBlank()) {
      ObjectNode block = object("context");
      block.putArray("elements").add(text("mrkdwn", text));
      blocks.add(block);
    }
  }

  /// Text from outside as it is: nothing in it is markup. `title` is shown before it, in bold.
  public void literal(String title, String plain) {
    ObjectNode section = object("rich_text_section");
    ArrayNode elements = section.putArray("elements");
    rich(elements, title, true);
    rich(elements, plain, false);
    richBlock(section, elements);
  }

  /// Lines of a log, as they are.
  public void preformatted(String plain) {
    ObjectNode element = object("rich_text_preformatted");
    ArrayNode elements = element.putArray("elements");
    rich(elements, plain, false);
    richBlock(element, elements);
  }

  private void richBlock(ObjectNode element, ArrayNode elements) {
    if (!elements.isEmpty() && blocks.size() < MOST) {
      ObjectNode block = object("rich_text");
      block.putArray("elements").add(element);
      blocks.add(block);
    }
  }

  private void rich(ArrayNode elements, String plain, boolean bold) {
    String text = take(Markup.cutPlain(Markup.clean(plain), 2_000), false);
    if (!text.isEmpty()) {
      ObjectNode node = object("text").put("text", text);
      if (bold) {
        node.putObject("style").put("bold", true);
      }
      elements.add(node);
    }
  }

  /// An address as Slack takes it: what a URL may not hold is encoded; empty when it is no `http`
  /// or `https` URL, or too long.
  public static String address(String url) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : url.strip().getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f && "\"<>\\^`{|}".indexOf(b) < 0) {
        encoded.append((char) b);
      } else {
        encoded.append("%%%02X".formatted(b));
      }
    }
    boolean valid = encoded.toString().matches("https?://.+") && encoded.length() <= URL;
    return valid ? encoded.toString() : "";
  }

  /// Links as buttons. One without an address is left out.
  ///
  /// @return the labels of those that are left out although they have one, as Slack would not take
  ///   it
  List<String> buttons(List<Button> buttons) {
    List<String> refused = new ArrayList<>();
    ObjectNode block = object("actions");
    ArrayNode elements = block.putArray("elements");
    for (Button button : buttons) {
      String address = address(button.url());
      String label = Markup.cutPlain(Markup.clean(button.text()).strip(), BUTTON);
      if (address.isEmpty() && !button.url().isBlank()) {
        refused.add(label);
      }
      if (!address.isEmpty() && !label.isEmpty() && elements.size() < 20 && left > label.length()) {
        left -= label.length();
        ObjectNode element = object("button").put("url", address);
        element.set("text", text("plain_text", label).put("emoji", true));
        element.put("action_id", "link-" + blocks.size() + "-" + elements.size());
        elements.add(element);
      }
    }
    add(block, elements);
    return refused;
  }

  /// Buttons that tell us when somebody presses them, in one block beyond [#MOST].
  ///
  /// @param reference what they are about
  void answers(List<SlackAction> actions, SlackReference reference) {
    ObjectNode block = object("actions");
    ArrayNode elements = block.putArray("elements");
    for (SlackAction action : actions) {
      ObjectNode element = object("button").put("action_id", action.id());
      element.set("text", text("plain_text", action.label()).put("emoji", true));
      element.put("value", reference.text());
      if (action == SlackAction.ACKNOWLEDGE) {
        element.put("style", "primary");
      }
      left -= Math.min(left, action.label().length());
      elements.add(element);
    }
    if (!elements.isEmpty()) {
      blocks.add(block);
    }
  }

  /// Whether a block is of [#answers].
  static boolean isAnswers(JsonNode block) {
    return block.path("type").asText("").equals("actions")
        && SlackAction.of(block.path("elements").path(0).path("action_id").asText("")) != null;
  }

  /// A picture from the web.
  ///
  /// @param url an [#address]; empty for none
  void image(String url, String title) {
    if (!url.isEmpty() && blocks.size() < MOST) {
      String alternative = Markup.cutPlain(Markup.clean(title), 200);
      blocks.add(
          object("image")
              .put("image_url", url)
              .put("alt_text", alternative.isBlank() ? "image" : alternative));
      left -= Math.min(left, url.length() + alternative.length() + 10);
    }
  }

  private void add(ObjectNode block, ArrayNode elements) {
    if (!elements.isEmpty() && blocks.size() < MOST) {
      blocks.add(block);
    }
  }

  private String take(String text, boolean mrkdwn) {
    String taken = mrkdwn ? Markup.cut(text, left) : Markup.cutPlain(text, left);
    left -= Math.min(left, taken.length());
    return left == 0 && taken.equals("…") ? "" : taken;
  }

  private static ObjectNode object(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private static ObjectNode text(String type, String text) {
    return object(type).put("text", text);
  }
}
