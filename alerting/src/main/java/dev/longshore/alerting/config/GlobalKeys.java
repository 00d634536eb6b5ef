package dev.longshore.alerting.config;

import dev.longshore.alerting.notify.HttpSettings;
import dev.longshore.alerting.notify.SecretSource;
import dev.longshore.alerting.notify.SlackAccess;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The section `global`.
///
/// @param http for receivers that say nothing about it
/// @param slack for Slack receivers that say nothing about it; null when this doesn't either
record GlobalKeys(
    Duration resolveTimeout, HttpSettings http, @Nullable SlackAccess slack, String slackAppUrl) {

  /// Defaults of receivers that Longshore does not have; without such a receiver they mean nothing.
  private static final List<String> OTHERS =
      List.of(
          "smtp_from",
          "smtp_smarthost",
          "smtp_hello",
          "smtp_auth_username",
          "smtp_auth_password",
          "smtp_auth_password_file",
          "smtp_auth_identity",
          "smtp_auth_secret",
          "smtp_auth_secret_file",
          "smtp_require_tls",
          "smtp_tls_config",
          "smtp_force_implicit_tls",
          "pagerduty_url",
          "opsgenie_api_key",
          "opsgenie_api_key_file",
          "opsgenie_api_url",
          "wechat_api_url",
          "wechat_api_secret",
          "wechat_api_secret_file",
          "wechat_api_corp_id",
          "victorops_api_key",
          "victorops_api_key_file",
          "victorops_api_url",
          "telegram_api_url",
          "telegram_bot_token",
          "telegram_bot_token_file",
          "webex_api_url",
          "jira_api_url",
          "rocketchat_api_url",
          "rocketchat_token",
          "rocketchat_token_file",
          "rocketchat_token_id",
          "rocketchat_token_id_file",
          "mattermost_webhook_url",
          "mattermost_webhook_url_file");

  static GlobalKeys read(Section global, Path folder) {
    Duration resolveTimeout =
        global.value(
            "resolve_timeout",
            PrometheusTypes.POSITIVE_DURATION,
            AlertmanagerFile.DEFAULT_RESOLVE_TIMEOUT,
            "");
    HttpSettings http = HttpKeys.read(global, folder, HttpSettings.NONE);
    String appUrl =
        global.value("slack_app_url", PrometheusTypes.URL, SlackAccess.DEFAULT_APP_URL, "");
    SecretSource url = Secrets.urlOrFile(global, "slack_api_url", "slack_api_url_file", folder);
    SecretSource token =
        Secrets.textOrFile(global, "slack_app_token", "slack_app_token_file", folder);
    for (String other : OTHERS) {
      global.ignore(other);
    }
    if (url != null && token != null) {
      global.problem("slack_api_url", "excludes slack_app_token; write one of them");
    }
    SlackAccess slack =
        token != null
            ? new SlackAccess.Bot(token, appUrl)
            : url != null ? new SlackAccess.Url(url) : null;
    return new GlobalKeys(resolveTimeout, http, slack, appUrl);
  }

  /// Text of an optional key; null when it is absent.
  static @Nullable String text(Section section, String key) {
    boolean absent = section.isAbsent(key);
    String text = section.value(key, Type.ANY_TEXT, "", "");
    return absent ? null : text;
  }
}
