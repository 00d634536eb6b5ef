package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import java.util.Set;

/// What Slack's error codes mean for a message, and what to do about those that a person must
/// repair.
final class SlackErrors {
  private static final Set<String> LATER =
      Set.of(
          "internal_error",
          "fatal_error",
          "service_unavailable",
          "request_timeout",
          "org_login_required",
          "team_added_to_org",
          "rollup_error",
          "upstream error");
  private static final Set<String> LIMITED = Set.of("ratelimited", "rate_limited");

  /// Slack says of these that the message may have been posted all the same.
  private static final Set<String> IN_DOUBT =
      Set.of("internal_error", "fatal_error", "request_timeout", "service_unavailable");

  private static final Set<String> CONTENT =
      Set.of(
          "msg_too_long",
          "msg_blocks_too_long",
          "no_text",
          "invalid_blocks",
          "invalid_blocks_format",
          "invalid_attachments",
          "too_many_attachments",
          "invalid_arguments",
          "invalid_charset",
          "invalid_payload",
          "invalid_metadata_format",
          "metadata_too_large",
          "missing_text_or_fallback_or_attachments");
  private static final Set<String> GONE =
      Set.of(
          "message_not_found",
          "cant_update_message",
          "edit_window_closed",
          "thread_not_found",
          "cannot_reply_to_message");

  /// A channel that was deleted, archived, or made private.
  static final Set<String> CHANNEL_IS_GONE =
      Set.of("channel_not_found", "is_archived", "channel_is_archived");

  private SlackErrors() {}

  /// @param details what Slack says beside the code; may be empty
  static DeliveryResult outcome(String code, String details) {
    if (LIMITED.contains(code)) {
      return new DeliveryResult.Retry(FailureReason.RATE_LIMITED, code, null, false);
    }
    if (LATER.contains(code)) {
      return new DeliveryResult.Retry(
          FailureReason.SERVER_ERROR, code, null, IN_DOUBT.contains(code));
    }
    if (CONTENT.contains(code)) {
      return new DeliveryResult.PayloadRejected(
          code, details.isEmpty() ? code : code + ": " + details);
    }
    if (GONE.contains(code)) {
      return new DeliveryResult.TargetMissing(code);
    }
    return new DeliveryResult.Misconfigured(code, remedy(code, details));
  }

  private static String remedy(String code, String details) {
    String what =
        switch (code) {
          case "not_authed",
              "invalid_auth",
              "account_inactive",
              "token_revoked",
              "token_expired",
              "invalid_token" ->
              "Slack does not accept the token. Install the app again and give its bot token"
                  + " (xoxb-…) as app_token.";
          case "missing_scope", "no_permission" ->
              "The app lacks a scope. Add it under OAuth & Permissions and install the app again.";
          case "not_in_channel" ->
              "The bot is not in the channel. Invite it with /invite, or give the app the scope"
                  + " chat:write.public.";
          case "channel_not_found" ->
              "There is no such channel, or it is private and the bot is not in it. Correct"
                  + " `channel`, or invite the bot.";
          case "is_archived", "channel_is_archived" ->
              "The channel is archived. Unarchive it, or name another in `channel`.";
          case "no_service", "no_service_id", "no_team" ->
              "The webhook was deleted or its app uninstalled. Make a new one and give it as"
                  + " api_url.";
          case "action_prohibited",
              "posting_to_general_channel_denied",
              "restricted_action",
              "restricted_action_read_only_channel",
              "restricted_action_thread_only_channel",
              "restricted_action_non_threadable_channel",
              "ekm_access_denied" ->
              "An administrator of the workspace does not allow this. Ask for it, or name another"
                  + " channel.";
          default -> "Slack answers " + code + ", which somebody has to look at.";
        };
    return details.isEmpty() ? what : what + " Slack says: " + details + ".";
  }
}
