package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.receiver.http.SecretSource;

/// How Slack is reached, and as whom.
public sealed interface SlackAccess {

  /// Slack's own, as Alertmanager's `slack_app_url`.
  String DEFAULT_APP_URL = "https://slack.com/api/chat.postMessage";

  /// `api_url` or `api_url_file`: an incoming webhook. A URL that ends in `/chat.postMessage` is
  /// the Web API, for the bot token in `http_config.authorization`: how Alertmanager was given
  /// tokens before it had `app_token`.
  record Url(SecretSource url) implements SlackAccess {}

  /// `app_token` or `app_token_file`: the Web API.
  ///
  /// @param appUrl the URL of a method or of the folder of methods: `https://slack.com/api/` and
  ///   `https://slack.com/api/chat.postMessage` mean the same
  record Bot(SecretSource token, String appUrl) implements SlackAccess {}
}
