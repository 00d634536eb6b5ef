package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What people do in the workspace of a [SlackServer], sent to the app by Socket Mode, and what
/// they see of its answers. Safe for use by any thread.
public final class SlackActs implements AutoCloseable {

  /// Slack waits so long for an acknowledgement.
  public static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(3);

  /// A `trigger_id` opens a modal for so long.
  static final Duration TRIGGER = Duration.ofSeconds(3);

  private static final Duration RESPONSE_URL = Duration.ofMinutes(30);
  private static final int RESPONSES = 5;

  private final SlackWorkspace workspace;
  private final SlackSockets sockets;
  private final String url;

  // Guarded by workspace.
  private final Map<String, SlackAct> byTrigger = new HashMap<>();
  private final Map<String, SlackAct> byResponseUrl = new HashMap<>();
  private final List<String> usedTriggers = new ArrayList<>();
  private final List<SlackModal> modals = new ArrayList<>();
  private final Map<String, List<JsonNode>> ephemeral = new HashMap<>();
  private int numbers;

  SlackActs(SlackWorkspace workspace, SlackSockets sockets, String url) {
    this.workspace = workspace;
    this.sockets = sockets;
    this.url = url;
  }

  SlackSockets sockets() {
    return sockets;
  }

  private SlackAct act(SlackUser user, List<String> blockIds) {
    int number = ++numbers;
    SlackAct act =
        new SlackAct(
            user,
            number + ".8000000.trigger" + number,
            url + "/actions/T0LONGSHORE/" + number + "/secret",
            "envelope-" + number,
            workspace.clock.now(),
            blockIds);
    byTrigger.put(act.triggerId, act);
    byResponseUrl.put(act.responseUrl, act);
    return act;
  }

  private SlackAct send(SlackAct act, String type, boolean takesPayload, ObjectNode payload) {
    ObjectNode envelope = SlackReply.JSON.createObjectNode();
    envelope.put("envelope_id", act.envelopeId);
    envelope.set("payload", payload);
    envelope.put("type", type).put("accepts_response_payload", takesPayload);
    sockets.send(envelope, act);
    return act;
  }

  private ObjectNode payload(String type, SlackAct act) {
    ObjectNode payload = SlackReply.JSON.createObjectNode().put("type", type);
    SlackUser user = act.user;
    payload
        .putObject("user")
        .put("id", user.id())
        .put("username", user.name())
        .put("name", user.name())
        .put("team_id", user.teamId());
    payload.put("api_app_id", SlackWorkspace.APP).put("token", "verification");
    payload.putObject("team").put("id", SlackWorkspace.TEAM).put("domain", "longshore");
    payload.putNull("enterprise");
    payload.put("is_enterprise_install", false).put("trigger_id", act.triggerId);
    return payload;
  }

  /// Presses a button of a message, by its label.
  ///
  /// @throws IllegalArgumentException when the message has no such button
  public SlackAct press(SlackMessage message, String label, SlackUser user) {
    return press(message, label, user, _ -> {});
  }

  /// @param change of the payload before it is sent: what is not as Slack sends it
  public SlackAct press(
      SlackMessage message, String label, SlackUser user, Consumer<ObjectNode> change) {
    synchronized (workspace) {
      JsonNode button = button(message.content(), label);
      SlackAct act = act(user, List.of());
      ObjectNode payload = payload("block_actions", act);
      SlackChannel channel = workspace.channels.get(message.channelId());
      payload
          .putObject("container")
          .put("type", "message_attachment")
          .put("message_ts", message.ts())
          .put("attachment_id", 1)
          .put("channel_id", message.channelId())
          .put("is_ephemeral", false)
          .put("is_app_unfurl", false);
      payload
          .putObject("channel")
          .put("id", message.channelId())
          .put("name", channel == null ? "" : channel.name);
      payload
          .putObject("message")
          .put("type", "message")
          .put("ts", message.ts())
          .put("user", SlackWorkspace.BOT)
          .put("text", message.content().text());
      payload.putObject("state").putObject("values");
      payload.put("response_url", act.responseUrl);
      ObjectNode action = payload.putArray("actions").addObject();
      action.put("action_id", button.path("action_id").asText()).put("block_id", "Block");
      action.set("text", button.path("text"));
      action.put("value", button.path("value").asText()).put("type", "button");
      action.put("action_ts", workspace.clock.epochMillis() / 1e3 + "");
      change.accept(payload);
      return send(act, "interactive", false, payload);
    }
  }

  private static JsonNode button(SlackMessage.Content content, String label) {
    List<String> labels = new ArrayList<>();
    List<JsonNode> blocks = new ArrayList<>();
    if (content.blocks() != null) {
      content.blocks().forEach(blocks::add);
    }
    if (content.attachments() != null) {
      content.attachments().forEach(it -> it.path("blocks").forEach(blocks::add));
    }
    for (JsonNode block : blocks) {
      for (JsonNode element : block.path("elements")) {
        String text = element.path("text").path("text").asText();
        if (text.equals(label)) {
          return element;
        }
        labels.add(text);
      }
    }
    throw new IllegalArgumentException("there is no button '" + label + "' among " + labels);
  }

  /// Writes `/longshore TEXT` in a channel.
  public SlackAct command(SlackUser user, String channel, String text) {
    synchronized (workspace) {
      SlackAct act = act(user, List.of());
      SlackChannel found = workspace.find(channel);
      ObjectNode payload = SlackReply.JSON.createObjectNode();
      payload.put("token", "verification").put("team_id", SlackWorkspace.TEAM);
      payload.put("team_domain", "longshore");
      payload.put("channel_id", found == null ? "D0DIRECT001" : found.id);
      payload.put("channel_name", found == null ? "directmessage" : found.name);
      payload.put("user_id", user.id()).put("user_name", user.name());
      payload.put("command", "/longshore").put("text", text);
      payload.put("api_app_id", SlackWorkspace.APP).put("is_enterprise_install", "false");
      payload.put("response_url", act.responseUrl).put("trigger_id", act.triggerId);
      return send(act, "slash_commands", true, payload);
    }
  }

  /// The modal that a person sees now; null when there is none.
  public @Nullable SlackModal modal(SlackUser user) {
    synchronized (workspace) {
      return modals.stream()
          .filter(it -> it.user.equals(user) && !it.closed)
          .reduce((_, later) -> later)
          .orElse(null);
    }
  }

  /// Tells the app what stands in a modal's field, where it asked to be told.
  public SlackAct choose(SlackModal modal, String actionId) {
    synchronized (workspace) {
      SlackAct act = act(modal.user, List.of());
      ObjectNode payload = payload("block_actions", act);
      payload.putObject("container").put("type", "view").put("view_id", modal.id);
      payload.set("view", modal.describe());
      ObjectNode action = payload.putArray("actions").addObject();
      action.setAll(modal.stateOf(actionId));
      action.put("action_id", actionId).put("block_id", modal.blockOf(actionId));
      return send(act, "interactive", false, payload);
    }
  }

  /// Presses a modal's main button.
  public SlackAct submit(SlackModal modal) {
    synchronized (workspace) {
      SlackAct act = act(modal.user, modal.blockIds());
      act.modal = modal;
      ObjectNode payload = payload("view_submission", act);
      payload.set("view", modal.describe());
      payload.putArray("response_urls");
      return send(act, "interactive", true, payload);
    }
  }

  /// Sends an envelope again, as Slack does when it doubts that it was taken.
  public SlackAct again(SlackAct act, ObjectNode payload, String type) {
    synchronized (workspace) {
      ObjectNode envelope = SlackReply.JSON.createObjectNode();
      envelope.put("envelope_id", act.envelopeId);
      envelope.set("payload", payload);
      envelope.put("type", type).put("accepts_response_payload", false);
      envelope.put("retry_attempt", 1).put("retry_reason", "timeout");
      sockets.send(envelope, act);
      return act;
    }
  }

  /// Sends any text to the app.
  public boolean raw(String text) {
    return sockets.raw(text);
  }

  /// Ends a connection as Slack does: with a message, and where it is no mere warning without it.
  ///
  /// @param reason `warning`, `refresh_requested`, `link_disabled`, `too_many_websockets`
  public void disconnect(String reason) {
    synchronized (workspace) {
      SlackSocket oldest = sockets.open().getFirst();
      try {
        oldest.send(SlackSockets.disconnect(reason).toString());
        if (!reason.equals("warning")) {
          oldest.end();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Ends all connections without a word.
  public void drop() {
    sockets.open().forEach(SlackSocket::close);
  }

  /// Sends nothing any more by the connections that there are, which stay open.
  public void fallSilent() {
    sockets.open().forEach(SlackSocket::fallSilent);
  }

  /// Pings the app by each connection; one that the app is just ending needs none.
  public void ping() {
    for (SlackSocket socket : sockets.open()) {
      try {
        socket.ping();
      } catch (IOException e) {
        socket.close();
      }
    }
  }

  /// How many connections the app has.
  public int connections() {
    return sockets.open().size();
  }

  /// What the app did on its connections that Slack would not take.
  public List<String> protocolErrors() {
    return sockets.protocolErrors();
  }

  /// What was shown to a person alone, the texts of it, in order.
  public List<String> seenBy(SlackUser user) {
    synchronized (workspace) {
      return ephemeral.getOrDefault(user.id(), List.of()).stream().map(SlackActs::visible).toList();
    }
  }

  private static String visible(JsonNode message) {
    return String.join(
        "\n",
        SlackView.lines(
            new SlackMessage.Content(
                message.path("text").asText(""), message.get("blocks"), null, message)));
  }

  SlackReply openView(ObjectNode arguments, @Nullable JsonNode view) {
    String trigger = arguments.path("trigger_id").asText("");
    SlackAct act = byTrigger.get(trigger);
    if (act == null) {
      return SlackReply.error("invalid_trigger_id");
    }
    if (usedTriggers.contains(trigger)) {
      return SlackReply.error("exchanged_trigger_id");
    }
    if (isOver(act.sentAt, TRIGGER)) {
      return SlackReply.error("expired_trigger_id");
    }
    List<String> problems = SlackViewLimits.check(view);
    if (view == null || !problems.isEmpty()) {
      return SlackReply.error("invalid_arguments", problems);
    }
    if (view.toString().length() > SlackViewLimits.MAX_CHARACTERS) {
      return SlackReply.error("view_too_large");
    }
    usedTriggers.add(trigger);
    SlackModal modal = new SlackModal(workspace, "V" + ++numbers, act.user, view);
    modals.add(modal);
    ObjectNode answer = SlackReply.ok();
    answer.set("view", modal.describe());
    return SlackReply.json(answer);
  }

  SlackReply updateView(ObjectNode arguments, @Nullable JsonNode view) {
    String id = arguments.path("view_id").asText("");
    SlackModal modal =
        modals.stream().filter(it -> it.id.equals(id) && !it.closed).findFirst().orElse(null);
    if (modal == null) {
      return SlackReply.error("not_found");
    }
    String hash = arguments.path("hash").asText("");
    if (!hash.isEmpty() && !hash.equals(modal.hash())) {
      return SlackReply.error("hash_conflict");
    }
    List<String> problems = SlackViewLimits.check(view);
    if (view == null || !problems.isEmpty()) {
      return SlackReply.error("invalid_arguments", problems);
    }
    modal.update(view);
    ObjectNode answer = SlackReply.ok();
    answer.set("view", modal.describe());
    return SlackReply.json(answer);
  }

  /// A post to a `response_url`.
  SlackReply respond(String path, JsonNode message) {
    SlackAct act = byResponseUrl.get(url + path);
    if (act == null) {
      return SlackReply.text(404, "invalid_response_url");
    }
    if (isOver(act.sentAt, RESPONSE_URL) || act.uses() >= RESPONSES) {
      return SlackReply.text(404, "used_url");
    }
    SlackLimits.Refusal refusal =
        SlackLimits.check(message.path("text").asText(""), message.get("blocks"), null);
    if (!message.isObject() || refusal != null) {
      return SlackReply.text(400, refusal == null ? "invalid_payload" : refusal.error());
    }
    act.response(message);
    if (!message.path("response_type").asText("ephemeral").equals("in_channel")) {
      show(act.user.id(), message);
    }
    return SlackReply.json(SlackReply.ok());
  }

  /// Shows a message to a person alone.
  void show(String userId, JsonNode message) {
    ephemeral.computeIfAbsent(userId, _ -> new ArrayList<>()).add(message);
  }

  private boolean isOver(Instant begin, Duration time) {
    return begin.plus(time).isBefore(workspace.clock.now());
  }

  @Override
  public void close() {
    sockets.close();
  }
}
