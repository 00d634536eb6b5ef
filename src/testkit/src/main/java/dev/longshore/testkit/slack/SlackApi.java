package dev.longshore.testkit.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The methods of the Web API and incoming webhooks, over a workspace.
final class SlackApi {
  private static final String TOKEN = SlackServer.TOKEN;

  private final SlackWorkspace workspace;
  private final SlackActs acts;

  SlackApi(SlackWorkspace workspace, SlackActs acts) {
    this.workspace = workspace;
    this.acts = acts;
  }

  /// A call of the Web API.
  ///
  /// @param token what was sent; null for none
  SlackReply call(String method, @Nullable String token, ObjectNode arguments) {
    if (method.equals("api.test")) {
      return SlackReply.json(SlackReply.ok());
    }
    if (token == null) {
      return SlackReply.error("not_authed");
    }
    if (method.equals("apps.connections.open")) {
      return openConnection(token);
    }
    if (!token.equals(TOKEN)) {
      return SlackReply.error("invalid_auth");
    }
    if (!workspace.tokenState.isEmpty()) {
      return SlackReply.error(workspace.tokenState);
    }
    return switch (method) {
      case "auth.test" ->
          SlackReply.json(
              SlackReply.ok()
                  .put("url", "https://longshore.slack.com/")
                  .put("team", "Longshore")
                  .put("team_id", "T0LONGSHORE")
                  .put("user", "longshore")
                  .put("user_id", SlackWorkspace.BOT)
                  .put("bot_id", "B0LONGSHORE"));
      case "chat.postMessage" -> scoped("chat:write", () -> post(arguments));
      case "chat.update" -> scoped("chat:write", () -> update(arguments));
      case "chat.delete" -> scoped("chat:write", () -> delete(arguments));
      case "chat.getPermalink" -> permalink(arguments);
      case "conversations.history" -> scoped("channels:history", () -> history(arguments, false));
      case "conversations.replies" -> scoped("channels:history", () -> history(arguments, true));
      case "conversations.list" -> scoped("channels:read", this::list);
      case "conversations.info" -> scoped("channels:read", () -> info(arguments));
      case "chat.postEphemeral" -> scoped("chat:write", () -> ephemeral(arguments));
      case "views.open" -> view(arguments, acts::openView);
      case "views.update" -> view(arguments, acts::updateView);
      case "users.info" -> scoped("users:read", () -> user(arguments));
      case "usergroups.users.list" -> scoped("usergroups:read", () -> group(arguments));
      default -> SlackReply.error("unknown_method");
    };
  }

  private SlackReply scoped(String scope, Supplier<SlackReply> call) {
    if (workspace.scopes.contains(scope)) {
      return call.get();
    }
    return missing(scope, workspace.scopes);
  }

  private static SlackReply missing(String scope, Set<String> provided) {
    return SlackReply.json(
        SlackReply.JSON
            .createObjectNode()
            .put("ok", false)
            .put("error", "missing_scope")
            .put("needed", scope)
            .put("provided", String.join(",", provided)));
  }

  /// Only an app-level token may; a bot's is of another kind.
  private SlackReply openConnection(String token) {
    if (token.equals(TOKEN)) {
      return SlackReply.error("not_allowed_token_type");
    }
    if (!token.equals(workspace.appToken)) {
      return SlackReply.error("invalid_auth");
    }
    if (!workspace.appScopes.contains("connections:write")) {
      return missing("connections:write", workspace.appScopes);
    }
    return SlackReply.json(SlackReply.ok().put("url", acts.sockets().url()));
  }

  private interface ViewMethod {
    SlackReply call(ObjectNode arguments, @Nullable JsonNode view);
  }

  private static SlackReply view(ObjectNode arguments, ViewMethod method) {
    try {
      return method.call(arguments, tree(arguments.path("view")));
    } catch (JsonProcessingException e) {
      return SlackReply.error("invalid_arguments");
    }
  }

  private SlackReply ephemeral(ObjectNode arguments) {
    SlackChannel channel = workspace.find(arguments.path("channel").asText());
    if (channel == null) {
      return SlackReply.error("channel_not_found");
    }
    if (!channel.member) {
      return SlackReply.error("not_in_channel");
    }
    SlackMessage.Content content;
    try {
      content = content(arguments);
    } catch (JsonProcessingException e) {
      return SlackReply.error("invalid_blocks_format");
    }
    SlackLimits.Refusal refusal = SlackLimits.check(content.text(), content.blocks(), null);
    if (refusal != null) {
      return SlackReply.error(refusal.error(), refusal.messages());
    }
    ObjectNode shown = SlackReply.JSON.createObjectNode().put("text", content.text());
    if (content.blocks() != null) {
      shown.set("blocks", content.blocks());
    }
    acts.show(arguments.path("user").asText(), shown);
    return SlackReply.json(SlackReply.ok().put("message_ts", "1.000001"));
  }

  private SlackReply user(ObjectNode arguments) {
    SlackUser user = workspace.users.get(arguments.path("user").asText());
    if (user == null) {
      return SlackReply.error("user_not_found");
    }
    ObjectNode answer = SlackReply.ok();
    answer
        .putObject("user")
        .put("id", user.id())
        .put("name", user.name())
        .put("team_id", user.teamId())
        .put("tz", user.timeZone());
    return SlackReply.json(answer);
  }

  private SlackReply group(ObjectNode arguments) {
    List<String> users = workspace.userGroups.get(arguments.path("usergroup").asText());
    if (users == null) {
      return SlackReply.error("no_such_subteam");
    }
    ObjectNode answer = SlackReply.ok();
    ArrayNode members = answer.putArray("users");
    users.forEach(members::add);
    return SlackReply.json(answer);
  }

  private SlackReply post(ObjectNode arguments) {
    SlackChannel channel = workspace.find(arguments.path("channel").asText());
    if (channel == null) {
      return SlackReply.error("channel_not_found");
    }
    if (channel.archived) {
      return SlackReply.error("is_archived");
    }
    if (!channel.member && !workspace.scopes.contains("chat:write.public")) {
      return SlackReply.error("not_in_channel");
    }
    Duration wait = workspace.mayPost(channel.id);
    if (!wait.isZero()) {
      return SlackReply.rateLimited(wait, false);
    }
    SlackMessage.Content content;
    JsonNode metadata;
    try {
      content = content(arguments);
      metadata = tree(arguments.path("metadata"));
    } catch (JsonProcessingException e) {
      return SlackReply.error("invalid_blocks_format");
    }
    SlackLimits.Refusal refusal =
        SlackLimits.check(content.text(), content.blocks(), content.attachments());
    if (refusal != null) {
      return SlackReply.error(refusal.error(), refusal.messages());
    }
    if (metadata != null
        && (!metadata.path("event_type").isTextual()
            || !metadata.path("event_payload").isObject())) {
      return SlackReply.error("invalid_metadata_format");
    }
    String thread = arguments.path("thread_ts").asText("");
    boolean broadcast = flag(arguments, "reply_broadcast");
    if (!thread.isEmpty() && workspace.message(channel, thread) == null) {
      return SlackReply.error("thread_not_found");
    }
    SlackMessage message =
        workspace.post(
            channel,
            thread.isEmpty() ? null : thread,
            broadcast && !thread.isEmpty(),
            metadata,
            content);
    ObjectNode answer = SlackReply.ok().put("channel", channel.id).put("ts", message.ts);
    answer.set("message", describe(message, true));
    return SlackReply.json(answer);
  }

  private SlackReply update(ObjectNode arguments) {
    Duration wait = workspace.mayCall("chat.update");
    if (!wait.isZero()) {
      return SlackReply.rateLimited(wait, false);
    }
    SlackChannel channel = workspace.channels.get(arguments.path("channel").asText());
    if (channel == null) {
      return SlackReply.error("channel_not_found"); // by id only
    }
    if (channel.archived) {
      return SlackReply.error("is_archived");
    }
    SlackMessage message = workspace.message(channel, arguments.path("ts").asText());
    if (message == null) {
      return SlackReply.error("message_not_found");
    }
    if (workspace.editWindow != null
        && message.postedAt.plus(workspace.editWindow).isBefore(workspace.clock.now())) {
      return SlackReply.error("edit_window_closed");
    }
    SlackMessage.Content given;
    try {
      given = content(arguments);
    } catch (JsonProcessingException e) {
      return SlackReply.error("invalid_blocks_format");
    }
    SlackMessage.Content before = message.content();
    SlackMessage.Content content =
        new SlackMessage.Content(
            given.text(),
            given.blocks() == null ? before.blocks() : given.blocks(),
            given.attachments() == null ? before.attachments() : given.attachments(),
            given.body());
    SlackLimits.Refusal refusal =
        SlackLimits.check(content.text(), content.blocks(), content.attachments());
    if (refusal != null) {
      return SlackReply.error(refusal.error(), refusal.messages());
    }
    message.versions.add(content);
    return SlackReply.json(
        SlackReply.ok()
            .put("channel", channel.id)
            .put("ts", message.ts)
            .put("text", content.text()));
  }

  private SlackReply delete(ObjectNode arguments) {
    SlackChannel channel = workspace.channels.get(arguments.path("channel").asText());
    SlackMessage message =
        channel == null ? null : workspace.message(channel, arguments.path("ts").asText());
    if (channel == null || message == null) {
      return SlackReply.error(channel == null ? "channel_not_found" : "message_not_found");
    }
    message.deleted = true;
    return SlackReply.json(SlackReply.ok().put("channel", channel.id).put("ts", message.ts));
  }

  private SlackReply permalink(ObjectNode arguments) {
    SlackChannel channel = workspace.channels.get(arguments.path("channel").asText());
    String ts = arguments.path("message_ts").asText();
    if (channel == null || workspace.message(channel, ts) == null) {
      return SlackReply.error(channel == null ? "channel_not_found" : "message_not_found");
    }
    return SlackReply.json(
        SlackReply.ok()
            .put("channel", channel.id)
            .put(
                "permalink",
                "https://longshore.slack.com/archives/" + channel.id + "/p" + ts.replace(".", "")));
  }

  private SlackReply history(ObjectNode arguments, boolean replies) {
    Duration wait = workspace.mayCall("conversations.history");
    if (!wait.isZero()) {
      return SlackReply.rateLimited(wait, false);
    }
    SlackChannel channel = workspace.channels.get(arguments.path("channel").asText());
    if (channel == null) {
      return SlackReply.error("channel_not_found");
    }
    if (!channel.member) {
      return SlackReply.error("not_in_channel");
    }
    String oldest = arguments.path("oldest").asText("0");
    String thread = arguments.path("ts").asText("");
    int limit = Math.clamp(arguments.path("limit").asInt(100), 1, 999);
    boolean metadata = flag(arguments, "include_all_metadata");
    ObjectNode answer = SlackReply.ok();
    ArrayNode messages = answer.putArray("messages");
    for (SlackMessage message : channel.messages.reversed()) {
      boolean wanted =
          replies
              ? thread.equals(message.threadTs) || thread.equals(message.ts)
              : message.threadTs == null || message.broadcast;
      if (wanted && !message.deleted && message.ts.compareTo(oldest) >= 0) {
        if (messages.size() == limit) {
          return SlackReply.json(answer.put("has_more", true));
        }
        messages.add(describe(message, metadata));
      }
    }
    return SlackReply.json(answer.put("has_more", false));
  }

  private SlackReply list() {
    ObjectNode answer = SlackReply.ok();
    ArrayNode channels = answer.putArray("channels");
    workspace.channels.values().forEach(channel -> channels.add(describe(channel)));
    answer.putObject("response_metadata").put("next_cursor", "");
    return SlackReply.json(answer);
  }

  private SlackReply info(ObjectNode arguments) {
    SlackChannel channel = workspace.channels.get(arguments.path("channel").asText());
    if (channel == null) {
      return SlackReply.error("channel_not_found");
    }
    ObjectNode answer = SlackReply.ok();
    answer.set("channel", describe(channel));
    return SlackReply.json(answer);
  }

  /// A post to an incoming webhook.
  SlackReply webhook(String path, JsonNode payload) {
    String name = workspace.webhooks.get(path);
    if (name == null) {
      return SlackReply.text(404, "no_service");
    }
    if (!payload.isObject()) {
      return SlackReply.text(400, "invalid_payload");
    }
    SlackChannel channel = workspace.find(name);
    if (channel == null) {
      return SlackReply.text(404, "channel_not_found");
    }
    if (channel.archived) {
      return SlackReply.text(410, "channel_is_archived");
    }
    Duration wait = workspace.mayPost(channel.id);
    if (!wait.isZero()) {
      return SlackReply.rateLimited(wait, true);
    }
    SlackMessage.Content content =
        new SlackMessage.Content(
            payload.path("text").asText(""),
            payload.hasNonNull("blocks") ? payload.path("blocks") : null,
            payload.hasNonNull("attachments") ? payload.path("attachments") : null,
            payload);
    SlackLimits.Refusal refusal =
        SlackLimits.check(content.text(), content.blocks(), content.attachments());
    if (refusal != null) {
      return SlackReply.text(400, refusal.error());
    }
    workspace.post(channel, null, false, null, content);
    return SlackReply.text(200, "ok");
  }

  private static SlackMessage.Content content(ObjectNode arguments) throws JsonProcessingException {
    return new SlackMessage.Content(
        arguments.path("text").asText(""),
        tree(arguments.path("blocks")),
        tree(arguments.path("attachments")),
        arguments);
  }

  /// Forms say 1 or true.
  private static boolean flag(ObjectNode arguments, String name) {
    return arguments.path(name).asBoolean(false) || arguments.path(name).asText().equals("1");
  }

  /// Forms carry JSON as text.
  private static @Nullable JsonNode tree(JsonNode value) throws JsonProcessingException {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    return value.isTextual() ? SlackReply.JSON.readTree(value.asText()) : value;
  }

  private static ObjectNode describe(SlackChannel channel) {
    return SlackReply.JSON
        .createObjectNode()
        .put("id", channel.id)
        .put("name", channel.name)
        .put("is_channel", true)
        .put("is_archived", channel.archived)
        .put("is_member", channel.member);
  }

  private static ObjectNode describe(SlackMessage message, boolean metadata) {
    ObjectNode described =
        SlackReply.JSON
            .createObjectNode()
            .put("type", "message")
            .put("user", SlackWorkspace.BOT)
            .put("ts", message.ts)
            .put("text", message.content().text());
    if (message.threadTs != null) {
      described.put("thread_ts", message.threadTs);
    }
    if (metadata && message.metadata != null) {
      described.set("metadata", message.metadata);
    }
    return described;
  }
}
