package dev.longshore.alerting.config;

import dev.longshore.alerting.receiver.http.HttpKeys;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The section `global`, but for what each kind of receiver reads of it itself.
///
/// @param http for receivers that say nothing about it
record GlobalKeys(Duration resolveTimeout, HttpSettings http) {

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
    for (String other : OTHERS) {
      global.ignore(other);
    }
    return new GlobalKeys(resolveTimeout, http);
  }
}
