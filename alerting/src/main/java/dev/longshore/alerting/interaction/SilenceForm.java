package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.receiver.slack.Markup;
import dev.longshore.alerting.receiver.slack.SlackReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The modal that makes a silence: labels as chips that can be dropped, what they cover now, for
/// how long, and why. What it is about travels in it, so that any replica can take its answer.
///
/// @param reference of the button that opened it
/// @param channel where that was
/// @param responseUrl where the person is answered
/// @param labels that can be chosen, in the order of the chips
record SilenceForm(
    SlackReference reference,
    String channel,
    String responseUrl,
    List<Map.Entry<String, String>> labels) {

  static final String ID = "longshore-silence";
  static final String LABELS = "labels";
  static final String DURATION = "duration";
  static final String COMMENT = "comment";
  static final int MAX_COMMENT = 1_000;

  /// The choice that has no duration of its own.
  static final String MORNING = "morning";

  /// Slack takes 3,000 characters; some of them are the reference.
  private static final int MAX_METADATA = 3_000;

  private static final int MAX_OPTIONS = 100;
  private static final int OPTION = 75;
  private static final String STANDARD = "2h";
  private static final JsonMapper JSON = new JsonMapper();

  /// What can be chosen, with what it means.
  private static final Map<String, String> DURATIONS = durations();

  SilenceForm {
    labels = List.copyOf(labels);
  }

  private static Map<String, String> durations() {
    Map<String, String> durations = new LinkedHashMap<>();
    durations.put("30m", "30 minutes");
    durations.put("1h", "1 hour");
    durations.put(STANDARD, "2 hours");
    durations.put("4h", "4 hours");
    durations.put("8h", "8 hours");
    durations.put(MORNING, "until morning");
    durations.put("24h", "1 day");
    durations.put("72h", "3 days");
    durations.put("168h", "1 week");
    return durations;
  }

  /// One about labels; those that would not fit into a modal are left out, the longest first.
  static SilenceForm of(
      SlackReference reference, String channel, String responseUrl, Labels labels) {
    List<Map.Entry<String, String>> all = new ArrayList<>();
    labels.asMap().forEach((name, value) -> all.add(Map.entry(name, value)));
    while (all.size() > MAX_OPTIONS
        || new SilenceForm(reference, channel, responseUrl, all).metadata().length()
            > MAX_METADATA) {
      Map.Entry<String, String> longest = longest(all);
      if (longest == null) {
        break;
      }
      all.remove(longest);
    }
    return new SilenceForm(reference, channel, responseUrl, all);
  }

  /// The alert's name says most, and stays.
  private static Map.@Nullable Entry<String, String> longest(
      List<Map.Entry<String, String>> labels) {
    Map.Entry<String, String> longest = null;
    for (Map.Entry<String, String> label : labels) {
      boolean longer = longest == null || length(label) >= length(longest);
      if (longer && (!label.getKey().equals(Labels.ALERT_NAME) || labels.size() == 1)) {
        longest = label;
      }
    }
    return longest;
  }

  private static int length(Map.Entry<String, String> label) {
    return label.getKey().length() + label.getValue().length();
  }

  private String metadata() {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.put("about", reference.text()).put("channel", channel).put("answer", responseUrl);
    ArrayNode names = metadata.putArray(LABELS);
    labels.forEach(label -> names.addArray().add(label.getKey()).add(label.getValue()));
    return metadata.toString();
  }

  /// The one that a modal's payload is of; null when it is none of ours.
  static @Nullable SilenceForm read(JsonNode view) {
    if (!view.path("callback_id").asText("").equals(ID)) {
      return null;
    }
    try {
      JsonNode metadata = JSON.readTree(view.path("private_metadata").asText(""));
      SlackReference reference = SlackReference.parse(metadata.path("about").asText(""));
      if (reference == null) {
        return null;
      }
      List<Map.Entry<String, String>> labels = new ArrayList<>();
      for (JsonNode label : metadata.path(LABELS)) {
        labels.add(Map.entry(label.path(0).asText(""), label.path(1).asText("")));
      }
      return new SilenceForm(
          reference,
          metadata.path("channel").asText(""),
          metadata.path("answer").asText(""),
          labels);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /// The matchers of all chips.
  List<Matcher> all() {
    return labels.stream()
        .map(label -> new Matcher(label.getKey(), Matcher.Op.EQUAL, label.getValue()))
        .toList();
  }

  /// The matchers of the chips that are left.
  List<Matcher> chosen(JsonNode view) {
    List<Matcher> all = all();
    List<Matcher> chosen = new ArrayList<>();
    for (JsonNode option : field(view, LABELS).path("selected_options")) {
      String index = option.path("value").asText("");
      if (index.matches("\\d{1,3}") && Integer.parseInt(index) < all.size()) {
        chosen.add(all.get(Integer.parseInt(index)));
      }
    }
    return chosen;
  }

  /// How long; null for until morning.
  static @Nullable Duration duration(JsonNode view) {
    String value = field(view, DURATION).path("selected_option").path("value").asText(STANDARD);
    return value.equals(MORNING) || !DURATIONS.containsKey(value)
        ? null
        : Duration.parse("PT" + value.toUpperCase(Locale.ROOT));
  }

  static String comment(JsonNode view) {
    String comment = field(view, COMMENT).path("value").asText("").strip();
    return comment.substring(0, Math.min(comment.length(), MAX_COMMENT));
  }

  private static JsonNode field(JsonNode view, String name) {
    return view.path("state").path("values").path(name).path(name);
  }

  /// The modal.
  ///
  /// @param covers mrkdwn, what the chips that are left cover
  ObjectNode view(String covers) {
    ObjectNode view = JsonNodeFactory.instance.objectNode().put("type", "modal");
    view.put("callback_id", ID).put("private_metadata", metadata());
    view.set("title", plain("Silence alerts"));
    view.set("submit", plain("Silence"));
    view.set("close", plain("Cancel"));
    ArrayNode blocks = view.putArray("blocks");
    labels(blocks.addObject());
    ObjectNode coverage = blocks.addObject().put("type", "context").put("block_id", "covers");
    coverage
        .putArray("elements")
        .addObject()
        .put("type", "mrkdwn")
        .put("text", Markup.cut(covers, 2_900));
    ObjectNode time = input(blocks.addObject(), DURATION, "For how long");
    ObjectNode select = time.put("type", "static_select");
    ArrayNode options = select.putArray("options");
    DURATIONS.forEach((value, text) -> options.add(option(text, value)));
    select.set("initial_option", option(DURATIONS.getOrDefault(STANDARD, STANDARD), STANDARD));
    ObjectNode comment = blocks.addObject();
    ObjectNode text = input(comment, COMMENT, "Why");
    comment.put("optional", true);
    text.put("type", "plain_text_input").put("multiline", true).put("max_length", MAX_COMMENT);
    return view;
  }

  private void labels(ObjectNode block) {
    ObjectNode select = input(block, LABELS, "Alerts with all of these labels are not told");
    block.put("dispatch_action", true);
    select.put("type", "multi_static_select");
    select.set("placeholder", plain("Labels"));
    ArrayNode options = select.putArray("options");
    for (int i = 0; i < labels.size(); i++) {
      String text = Markup.clean(labels.get(i).getKey() + "=" + labels.get(i).getValue());
      options.add(option(Markup.cutPlain(text.replace('\n', ' '), OPTION), Integer.toString(i)));
    }
    select.set("initial_options", options.deepCopy());
  }

  private static ObjectNode input(ObjectNode block, String name, String label) {
    block.put("type", "input").put("block_id", name);
    block.set("label", plain(label));
    return block.putObject("element").put("action_id", name);
  }

  private static ObjectNode option(String text, String value) {
    ObjectNode option = JsonNodeFactory.instance.objectNode();
    option.set("text", plain(text));
    return option.put("value", value);
  }

  private static ObjectNode plain(String text) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "plain_text")
        .put("text", text)
        .put("emoji", false);
  }

  /// What a submitted modal is answered that can't be taken: a sentence at one of its fields.
  static ObjectNode error(String field, String sentence) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("response_action", "errors");
    answer.putObject("errors").put(field, Markup.cutPlain(sentence, 500));
    return answer;
  }
}
