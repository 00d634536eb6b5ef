package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.receiver.slack.Blocks;
import dev.longshore.alerting.receiver.slack.Markup;

/// Messages for one person.
final class Messages {
  private static final int FALLBACK = 1_000;

  private Messages() {}

  /// A sentence, as it is.
  static ObjectNode sentence(String plain) {
    Blocks blocks = new Blocks();
    blocks.sections(Markup.escaped(plain));
    return of(plain, blocks);
  }

  /// @param fallback what notifications show, without markup
  static ObjectNode of(String fallback, Blocks blocks) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("response_type", "ephemeral").put("replace_original", false);
    message.put("text", Markup.cut(Markup.escaped(Markup.cutPlain(fallback, FALLBACK)), FALLBACK));
    message.set("blocks", blocks.node());
    return message;
  }
}
