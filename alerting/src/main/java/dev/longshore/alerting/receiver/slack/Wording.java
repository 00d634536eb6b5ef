package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.alerting.notify.Reason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// Words a group's message: what the configuration has, and our own words for the rest.
///
/// `title` becomes the first line, `text` and `pretext` sections, `fields` fields, `footer` a small
/// line, `actions` with a `url` buttons, `color` the bar at the side. A configured `text` takes the
/// place of our list of alerts. Content is the JSON of a message; what depends on how it is sent is
/// added by who sends it.
final class Wording {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> COLORS =
      Map.of("good", "#2eb67d", "warning", "#f2a33a", "danger", "#e01e5a");
  private static final int FALLBACK = 1_000;

  /// Alertmanager cuts titles there.
  private static final int TITLE = 1_024;

  private static final int PLAIN = 3_000;

  private final SlackSettings settings;
  private final SlackTemplates slackTemplates;
  private final String externalUrl;
  private final String receiver;
  private final String integration;

  Wording(
      String receiver,
      String integration,
      SlackSettings settings,
      SlackTemplates slackTemplates,
      String externalUrl) {
    this.receiver = receiver;
    this.integration = integration;
    this.settings = settings;
    this.slackTemplates = slackTemplates;
    this.externalUrl = externalUrl;
  }

  /// Where a message goes: the text of `channel`.
  String channel(GroupNotification groupNotification, Reason reason) {
    return Markup.plain(run(groupNotification, reason).of(SlackText.CHANNEL)).strip();
  }

  private SlackTemplates.Run run(GroupNotification groupNotification, Reason reason) {
    return new SlackTemplates.Run(
        slackTemplates,
        NotificationData.of(
            groupNotification, settings.sendResolved(), reason, externalUrl, Markup::guarded),
        new ArrayList<>());
  }

  /// The message's JSON.
  String message(GroupNotification groupNotification, Reason reason) {
    SlackTemplates.Run run = run(groupNotification, reason);
    Incident incident = new Incident(groupNotification, externalUrl);
    String ownTitle = incident.state() + " · " + incident.title();
    String title =
        settings.configures(SlackText.TITLE)
            ? Markup.released(run.of(SlackText.TITLE)).strip()
            : "";
    String headline =
        title.isEmpty() ? Markup.escaped(Markup.cutPlain(ownTitle, 400)) : Markup.cut(title, TITLE);
    ObjectNode message = JSON.createObjectNode();
    String fallback = "";
    if (settings.configures(SlackText.MESSAGE_TEXT)) {
      fallback = Markup.released(run.of(SlackText.MESSAGE_TEXT)).strip();
    } else if (settings.configures(SlackText.FALLBACK)) {
      fallback = Markup.released(run.of(SlackText.FALLBACK)).strip();
    }
    if (fallback.isEmpty()) {
      fallback = incident.emoji() + " " + headline;
    }
    message.put("text", Markup.cut(fallback, FALLBACK));
    Blocks blocks = new Blocks();
    head(blocks, run, incident, headline, title.isEmpty() ? ownTitle : title);
    blocks.context(incident.status());
    incident.handled().forEach(blocks::context);
    body(blocks, run, incident);
    foot(blocks, run, incident);
    if (settings.answers() != null) {
      blocks.answers(
          incident.answers(),
          SlackReference.of(externalUrl, groupNotification.group().id(), receiver, integration));
    }
    ObjectNode attachment = message.putArray("attachments").addObject();
    attachment.put("color", color(run, incident));
    attachment.put("fallback", Markup.cut(fallback, FALLBACK));
    // The first block stands above the bar, the others beside it.
    ArrayNode above = message.putArray("blocks");
    ArrayNode all = blocks.node();
    if (!all.isEmpty()) {
      above.add(all.remove(0));
    }
    attachment.set("blocks", all);
    identity(message, run);
    return message.toString();
  }

  private void head(
      Blocks blocks,
      SlackTemplates.Run run,
      Incident incident,
      String headline,
      String plainTitle) {
    String link =
        settings.configures(SlackText.TITLE_LINK)
            ? Blocks.address(Markup.plain(run.of(SlackText.TITLE_LINK)))
            : "";
    String title = incident.emoji() + " " + Markup.clean(plainTitle).replace('\n', ' ').strip();
    boolean plain =
        headline.indexOf('&') < 0 && headline.indexOf('<') < 0 && title.length() <= Blocks.HEADER;
    if (link.length() <= 2_000 && !link.isEmpty() && headline.indexOf('<') < 0) {
      String label = headline.replace('\n', ' ').replace("|", "¦");
      String target = link.replace("&", "&amp;").replace("@", "%40");
      blocks.sections(incident.emoji() + " *<" + target + "|" + label + ">*");
    } else if (plain) {
      blocks.header(title);
    } else {
      blocks.sections(incident.emoji() + " *" + headline.replace('\n', ' ') + "*");
    }
  }

  private void body(Blocks blocks, SlackTemplates.Run run, Incident incident) {
    if (settings.configures(SlackText.PRETEXT)) {
      blocks.sections(Markup.released(run.of(SlackText.PRETEXT)));
    }
    String text =
        settings.configures(SlackText.TEXT) ? Markup.released(run.of(SlackText.TEXT)).strip() : "";
    if (text.isEmpty()) {
      incident.body(blocks);
    } else {
      blocks.sections(text);
    }
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < settings.fields().size(); i++) {
      String name = Markup.released(run.of("fields[" + i + "].title")).strip();
      String value = Markup.released(run.of("fields[" + i + "].value")).strip();
      if (!name.isEmpty() || !value.isEmpty()) {
        fields.add("*" + name + "*\n" + value);
      }
    }
    for (int i = 0; i < fields.size(); i += 10) {
      blocks.fields(fields.subList(i, Math.min(fields.size(), i + 10)));
    }
  }

  private void foot(Blocks blocks, SlackTemplates.Run run, Incident incident) {
    List<Blocks.Button> buttons = new ArrayList<>();
    for (int i = 0; i < settings.actions().size(); i++) {
      String label = Markup.plain(run.of("actions[" + i + "].text"));
      buttons.add(new Blocks.Button(label, Markup.plain(run.of("actions[" + i + "].url")).strip()));
    }
    if (buttons.isEmpty()) {
      buttons.addAll(incident.buttons(settings.answers() == null));
    }
    for (String label : blocks.buttons(buttons)) {
      if (settings.actions().isEmpty()) {
        break; // an address of ours, such as a source's that has none
      }
      blocks.context(
          ":warning: the button "
              + Markup.escaped(label)
              + " is left out: its url is none that Slack would take");
    }
    if (settings.configures(SlackText.IMAGE_URL)) {
      blocks.image(Blocks.address(Markup.plain(run.of(SlackText.IMAGE_URL))), incident.title());
    }
    if (settings.configures(SlackText.FOOTER)) {
      blocks.context(Markup.released(run.of(SlackText.FOOTER)));
    }
    for (String error : run.errors()) {
      blocks.context(":warning: a template failed: " + Markup.escaped(Markup.cutPlain(error, 500)));
    }
  }

  private String color(SlackTemplates.Run run, Incident incident) {
    if (!settings.configures(SlackText.COLOR)) {
      return incident.color();
    }
    String color = Markup.plain(run.of(SlackText.COLOR)).strip();
    String named = COLORS.getOrDefault(color, color);
    return named.matches("#?[0-9a-fA-F]{6}") ? named : incident.color();
  }

  private void identity(ObjectNode message, SlackTemplates.Run run) {
    for (SlackText text : List.of(SlackText.USERNAME, SlackText.ICON_EMOJI, SlackText.ICON_URL)) {
      if (settings.configures(text)) {
        String value = Markup.cutPlain(Markup.plain(run.of(text)).strip(), 500);
        if (!value.isEmpty()) {
          message.put(text.key(), value);
        }
      }
    }
    if (settings.linkNames()) {
      message.put("link_names", true);
    }
  }

  /// One message for many groups.
  static String storm(int firing, int groups, int resolvedGroups, List<String> contents) {
    ObjectNode message = JSON.createObjectNode();
    boolean over = groups == 0;
    String title =
        over
            ? ":large_green_circle: STORM RESOLVED · " + resolvedGroups + " groups"
            : ":ocean: STORM · " + firing + " alerts firing in " + groups + " more groups";
    message.put("text", title);
    Blocks blocks = new Blocks();
    blocks.header(title);
    blocks.context(
        groups + " groups firing  ·  " + resolvedGroups + " resolved  ·  each is in the API");
    List<String> lines = new ArrayList<>();
    for (String content : contents) {
      try {
        String line = JSON.readTree(content).path("text").asText("").replace('\n', ' ');
        lines.add(Markup.cut(line, 200));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a draft of ours is no JSON", e);
      }
    }
    blocks.sections(String.join("\n", lines));
    if (groups > lines.size()) {
      blocks.context("and " + (groups - lines.size()) + " more");
    }
    ArrayNode all = blocks.node();
    message.putArray("blocks").add(all.remove(0));
    ObjectNode attachment = message.putArray("attachments").addObject();
    attachment.put("color", over ? "#2eb67d" : "#e01e5a").put("fallback", title);
    attachment.set("blocks", all);
    return message.toString();
  }

  /// A card's last words: the configuration no longer has its group. What it said stays below.
  static String removed(String content, boolean ended) {
    try {
      ObjectNode message = (ObjectNode) JSON.readTree(content);
      String before = message.path("text").asText("");
      String state = ended ? ":large_green_circle: RESOLVED" : ":white_circle: NO LONGER FOLLOWED";
      String title = Markup.cut(state + " · " + before, FALLBACK);
      message.put("text", title);
      Blocks blocks = new Blocks();
      blocks.sections("*" + state + "*");
      blocks.context(
          ended
              ? "Its alerts have ended, and the configuration no longer has this group."
              : "The configuration no longer has this group: alerts of it that still fire are told"
                  + " elsewhere, or to nobody. This message is not edited any more.");
      ArrayNode above = blocks.node();
      message.path("blocks").forEach(above::add);
      message.set("blocks", above);
      for (JsonNode attachment : message.path("attachments")) {
        ((ObjectNode) attachment)
            .put("color", ended ? "#2eb67d" : "#9e9e9e")
            .put("fallback", title);
        withoutAnswers(attachment.path("blocks"));
      }
      return message.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a draft of ours is no JSON", e);
    }
  }

  /// What is not edited any more can't be answered.
  private static void withoutAnswers(JsonNode blocks) {
    for (Iterator<JsonNode> each = blocks.iterator(); each.hasNext(); ) {
      if (Blocks.isAnswers(each.next())) {
        each.remove();
      }
    }
  }

  /// A reply: mrkdwn lines, which are ours.
  static String reply(String mrkdwn) {
    ObjectNode message = JSON.createObjectNode();
    message.put("text", Markup.cut(mrkdwn, PLAIN));
    return message.toString();
  }

  /// What is left of a message that was refused: one plain text.
  static ObjectNode plain(ObjectNode message) {
    String text = message.path("text").asText("");
    ObjectNode plain = JSON.createObjectNode();
    plain.put(
        "text",
        Markup.cut(text.isBlank() ? "An alert could not be shown" : text, FALLBACK)
            + "\n(Slack refused the full message; this is what is left of it)");
    return plain;
  }
}
