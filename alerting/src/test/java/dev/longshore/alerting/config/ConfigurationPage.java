package dev.longshore.alerting.config;

import dev.longshore.shared.config.Reference;

/// `alerting/CONFIGURATION.md`: what people read about the keys, made from their declarations.
final class ConfigurationPage {
  private static final String INTRODUCTION =
      """
      # Alerting's configuration

      Two files: this one, named by `--config`, says where everything is; the Alertmanager configuration file that
      `routing` names says who is told. Rules are Prometheus rule files.

      ```yaml
      rules: [/etc/longshore/rules/*.yml]
      routing: /etc/longshore/alertmanager.yml
      prometheus:
        - name: main
          url: http://prometheus.monitoring:9090
      state:
        dir: /var/lib/longshore-alerting
      ```

      - Each key has a default; what is not written, or written without a value (`key:`), has it.
      - `${NAME}` stands for an environment variable, `${NAME:text}` for the variable or, where it is not set, the
        text; `$${` for the characters `${`. A key without default that becomes empty counts as not written.
      - Durations are `500ms`, `30s`, `1h30m`, `14d`.
      - A relative path, also in a pattern of `rules`, begins in this file's folder, wherever the process was started.
      - Where a list is wanted, a single value is a list of one.
      - Unknown keys, doubled keys and values of the wrong kind are refused, all in one go, each with its line.
      - `LONGSHORE_LOG_LEVEL` in the environment sets the log: `trace`, `debug`, `info`, `warn`, `error`.

      The role for `kubernetes` needs `list` and `watch` on `prometheusrules` in `monitoring.coreos.com`.

      This page is made from the code by `ConfigurationPageTest`, which fails when it is stale. What of Alertmanager's
      file is read stands [at its end](#alertmanagers-configuration-file).
      """;

  static final String ALERTMANAGER =
      """

      # Alertmanager's configuration file

      It is read as it is, without `${NAME}`. What is not in this table is a load error that names the key and its line.
      Files that keys name are relative to the file's folder; secrets and certificates in files are read for each use.

      | Section | Keys that have an effect |
      |---|---|
      | `global` | `resolve_timeout`, `http_config`, and what Alertmanager has there for the receivers below: `slack_…`, `smtp_…`, `pagerduty_url`, `opsgenie_…`, `telegram_…`, `victorops_…`, `wechat_…`, `webex_api_url`, `jira_api_url`, `rocketchat_…`, `mattermost_webhook_url` |
      | `templates` | patterns of files with `{{ define }}`s |
      | `route`, `routes` | `receiver`, `group_by` (also `'...'`), `group_wait`, `group_interval`, `repeat_interval`, `matchers` (classic and UTF-8), `match`, `match_re`, `continue`, `mute_time_intervals`, `active_time_intervals`, `routes` |
      | `inhibit_rules` | `source_matchers`, `source_match`, `source_match_re`, `target_matchers`, `target_match`, `target_match_re`, `equal` |
      | `receivers` | `name`, `labels` (for `receiver_matchers` of the API), and the kinds below |
      | `time_intervals`, `mute_time_intervals` | `name`, `time_intervals` with `times`, `weekdays`, `days_of_month`, `months`, `years`, `location` |
      | `slack_configs` | all of Alertmanager's: with `app_token`, or `api_url` of a webhook. Beside them `answers`, by which people [answer messages](../docs/slack.md#configuration): `enabled`, `app_level_token`, `app_level_token_file`, `users`, `user_groups`, `time_zone`, `morning`; the token also as `slack_app_level_token` or `slack_app_level_token_file` under `global` |
      | `webhook_configs` | `send_resolved`, `url`, `url_file`, `http_config`, `max_alerts`, `timeout`, `payload` (a mapping of any depth, whose texts and names are templates) |
      | `pagerduty_configs` | Alertmanager's: `routing_key` (Events API v2) or `service_key` (v1), `severity`, `description`, `details` (of any depth), `images`, `links`, `class`, `component`, `group`, `client`, `client_url`, `source`, `url` |
      | `opsgenie_configs` | Alertmanager's: `api_key`, `api_url`, `message`, `description`, `source`, `details`, `entity`, `responders`, `actions`, `tags`, `note`, `priority`, `update_alerts`; Jira Service Management's alerts by `api_url` |
      | `email_configs` | Alertmanager's: `to`, `from`, `smarthost`, `hello`, `auth_username`, `auth_password`, `auth_secret`, `auth_identity`, `headers`, `html`, `text`, `require_tls`, `force_implicit_tls`, `tls_config`, `threading` |
      | `msteamsv2_configs`, `msteams_configs` | `webhook_url` of a workflow or of a connector, `title`, `text`, `summary` |
      | `discord_configs` | `webhook_url`, `title`, `message`, `content`, `username`, `avatar_url` |
      | `telegram_configs` | `bot_token`, `chat_id`, `chat_id_file`, `message_thread_id`, `message`, `parse_mode`, `disable_notifications`, `api_url` |
      | `mattermost_configs` | `webhook_url`, `channel`, `username`, `icon_url`, `icon_emoji`, `text`, `attachments` with `fields`, `type`, `props`, `priority` |
      | `rocketchat_configs` | `token_id`, `token`, `api_url`, `channel`, `color`, `title`, `title_link`, `text`, `emoji`, `icon_url`, `fields`, `short_fields`, `image_url`, `thumb_url`, `link_names`, `actions` |
      | `webex_configs` | `room_id`, `message`, `api_url`; the bot's token in `http_config.authorization` |
      | `victorops_configs` | `api_key`, `api_url`, `routing_key`, `message_type`, `state_message`, `entity_display_name`, `monitoring_tool`, `custom_fields` |
      | `incidentio_configs` | `url`, `alert_source_token`, `max_alerts` |
      | `jira_configs` | `api_url`, `api_type`, `project`, `issue_type`, `summary`, `description` (also `{template: …, enable_update: false}`), `labels`, `priority`, `fields` (values of any kind), `resolve_transition`, `reopen_transition`, `reopen_duration`, `wont_fix_resolution` |
      | `pushover_configs` | `user_key`, `token`, `title`, `message`, `url`, `url_title`, `device`, `sound`, `priority`, `retry`, `expire`, `ttl`, `html`, `monospace` |
      | `sns_configs` | `topic_arn`, `target_arn` or `phone_number`, `subject`, `message`, `attributes`, `api_url`, `sigv4` (`region`, `access_key`, `secret_key`, `profile`, `role_arn`, `external_id`, `use_fips_sts_endpoint`; without keys those of the environment or of the pod's web identity) |
      | `wechat_configs` | `api_secret`, `api_url`, `corp_id`, `agent_id`, `to_user`, `to_party`, `to_tag`, `message`, `message_type` |
      | `http_config` | `authorization`, `basic_auth`, `oauth2` (client credentials), `bearer_token`, `bearer_token_file`, `http_headers`, `proxy_url` (of a proxy that is reached by http), `no_proxy`, `proxy_from_environment`, `proxy_connect_header` (names that begin with `Proxy-`), `tls_config` |
      | `tls_config` | `ca`, `ca_file`, `cert`, `cert_file`, `key`, `key_file`, `server_name`, `insecure_skip_verify`, `min_version`, `max_version` |

      [docs/receivers/every-key.yml](../docs/receivers/every-key.yml) has each of them once.

      Each secret may stand in a file instead: its key with `_file` at the end. All kinds have `send_resolved`, `http_config` and `timeout`
      (10s), but mail, which has no `http_config`. A receiver of another kind tells nobody: `check` has a line about it, and the alert
      `LongshoreConfigurationBroken` stands; all other receivers are told. Use `webhook_configs` for it.

      `http_config.follow_redirects` is accepted, and redirects are never followed: write the URL that answers. `enable_http2` and Slack's
      `update_message`, `message_strategy` and `threaded_options` are accepted and change nothing: with a token, messages are always edited.
      """;

  private ConfigurationPage() {}

  static String markdown() {
    return Reference.markdown(
            INTRODUCTION,
            root -> {
              var _ = AlertingKeys.read(root);
            })
        + ALERTMANAGER;
  }
}
