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
      | `global` | `resolve_timeout`, `slack_api_url`, `slack_api_url_file`, `slack_app_token`, `slack_app_token_file`, `slack_app_url`, `http_config` |
      | `templates` | patterns of files with `{{ define }}`s |
      | `route`, `routes` | `receiver`, `group_by` (also `'...'`), `group_wait`, `group_interval`, `repeat_interval`, `matchers` (classic and UTF-8), `match`, `match_re`, `continue`, `mute_time_intervals`, `active_time_intervals`, `routes` |
      | `inhibit_rules` | `source_matchers`, `source_match`, `source_match_re`, `target_matchers`, `target_match`, `target_match_re`, `equal` |
      | `time_intervals`, `mute_time_intervals` | `name`, `time_intervals` with `times`, `weekdays`, `days_of_month`, `months`, `years`, `location` |
      | `slack_configs` | all of Alertmanager's: with `app_token`, or `api_url` of a webhook |
      | `webhook_configs` | `send_resolved`, `url`, `url_file`, `http_config`, `max_alerts`, `timeout` |
      | `http_config` | `authorization`, `basic_auth`, `oauth2`, `bearer_token`, `bearer_token_file`, `http_headers`, `proxy_url`, `no_proxy`, `proxy_from_environment`, `tls_config` |
      | `tls_config` | `ca`, `ca_file`, `cert`, `cert_file`, `key`, `key_file`, `insecure_skip_verify`, `min_version`, `max_version` |

      Not supported, each with what to do in its load error:

      | Key | Instead |
      |---|---|
      | `http_config.proxy_connect_header` | a name and a password in `proxy_url` |
      | `tls_config.server_name` | the certificate's name in the URL |
      | `webhook_configs.payload` | the payload is Alertmanager's, version 4 |

      A receiver of another kind tells nobody: `check` has a line about it, and the alert `LongshoreConfigurationBroken` stands; all
      other receivers are told. Use `webhook_configs` for it. Its defaults in `global` are accepted.

      `http_config.follow_redirects` is accepted, and redirects are never followed: write the URL that answers. `enable_http2` and Slack's
      `update_message` are accepted and change nothing: with a token, messages are always edited.
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
