package dev.longshore.alerting.receiver.slack.socket;

import dev.longshore.alerting.receiver.slack.SlackWeb;

/// Why Slack gives no URL for a connection, and what to do about it.
final class SocketErrors {
  private SocketErrors() {}

  static String words(SlackWeb.Reply<String> reply) {
    String code = reply.code();
    return switch (code) {
      case "missing_scope" ->
          "missing_scope: the app-level token lacks the scope connections:write; make another under"
              + " Basic Information, App-Level Tokens";
      case "not_allowed_token_type" ->
          "not_allowed_token_type: this is not an app-level token, which begins with xapp-; the"
              + " bot's (xoxb-) belongs in app_token";
      case "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired" ->
          code
              + ": Slack does not accept the app-level token; make another under Basic"
              + " Information, App-Level Tokens";
      case "forbidden_team", "access_denied", "team_access_not_granted" ->
          code + ": an administrator of the workspace does not allow Socket Mode for this app";
      default -> "no URL for a connection: " + reply.problem();
    };
  }
}
