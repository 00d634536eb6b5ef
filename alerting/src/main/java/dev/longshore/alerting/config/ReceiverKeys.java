package dev.longshore.alerting.config;

import dev.longshore.alerting.notify.HttpSettings;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.notify.SecretSource;
import dev.longshore.alerting.notify.SlackAccess;
import dev.longshore.alerting.notify.SlackSettings;
import dev.longshore.alerting.notify.SlackText;
import dev.longshore.alerting.notify.WebhookSettings;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The section `receivers`.
final class ReceiverKeys {
  /// Receivers that Alertmanager has and Longshore has not.
  private static final List<String> OTHERS =
      List.of(
          "discord_configs",
          "email_configs",
          "incidentio_configs",
          "jira_configs",
          "mattermost_configs",
          "msteams_configs",
          "msteamsv2_configs",
          "opsgenie_configs",
          "pagerduty_configs",
          "pushover_configs",
          "rocketchat_configs",
          "sns_configs",
          "telegram_configs",
          "victorops_configs",
          "webex_configs",
          "wechat_configs");

  /// What of the receivers tells nobody, for people.
  private final List<String> unsupported = new ArrayList<>();

  private final GlobalKeys global;
  private final Path folder;

  ReceiverKeys(GlobalKeys global, Path folder) {
    this.global = global;
    this.folder = folder;
  }

  List<Receiver> read(Section root) {
    List<Receiver> receivers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : root.sections("receivers", "Who is told.")) {
      String name = section.requiredString("name", "");
      if (!names.add(name)) {
        section.problem("name", "the receiver '" + name + "' is there already; names are unique");
      }
      List<Integration> integrations = new ArrayList<>();
      section.sections("slack_configs", "").forEach(it -> integrations.add(slack(it)));
      section.sections("webhook_configs", "").forEach(it -> integrations.add(webhook(it)));
      for (String other : OTHERS) {
        if (!section.isAbsent(other)) {
          unsupported.add(
              "receiver '"
                  + name
                  + "', line "
                  + section.line(other)
                  + ": "
                  + other
                  + " is not supported and tells nobody; use slack_configs or webhook_configs");
        }
        section.ignore(other);
      }
      receivers.add(new Receiver(name, integrations));
    }
    return receivers;
  }

  List<String> unsupported() {
    return unsupported;
  }

  private SlackSettings slack(Section slack) {
    boolean sendResolved = slack.bool("send_resolved", SlackSettings.DEFAULT_SEND_RESOLVED, "");
    boolean hasHttp = !slack.isAbsent("http_config");
    HttpSettings http = HttpKeys.read(slack, folder, global.http());
    SlackAccess access = access(slack, hasHttp ? http : null);
    Map<SlackText, String> texts = new EnumMap<>(SlackText.class);
    for (SlackText text : SlackText.values()) {
      String configured = GlobalKeys.text(slack, text.key());
      if (configured != null) {
        texts.put(text, configured);
      }
    }
    return new SlackSettings(
        sendResolved,
        access,
        http,
        texts,
        slack.sections("fields", "").stream().map(ReceiverKeys::field).toList(),
        slack.bool("short_fields", false, ""),
        slack.sections("actions", "").stream().map(ReceiverKeys::action).toList(),
        slack.strings("mrkdwn_in", List.of(), ""),
        slack.bool("link_names", false, ""),
        slack.bool("update_message", false, ""),
        timeout(slack));
  }

  private SlackAccess access(Section slack, @Nullable HttpSettings ownHttp) {
    SecretSource url = Secrets.urlOrFile(slack, "api_url", "api_url_file", folder);
    SecretSource token = Secrets.textOrFile(slack, "app_token", "app_token_file", folder);
    String appUrl = slack.value("app_url", PrometheusTypes.URL, global.slackAppUrl(), "");
    if (url != null && token != null) {
      slack.problem("api_url", "excludes app_token; write one of them");
    }
    if (token != null) {
      return new SlackAccess.Bot(token, appUrl);
    }
    if (url != null) {
      return new SlackAccess.Url(url);
    }
    if (ownHttp != null && ownHttp.authorization() != null && !slack.isAbsent("app_url")) {
      return new SlackAccess.Bot(ownHttp.authorization().credentials(), appUrl);
    }
    if (global.slack() instanceof SlackAccess.Bot bot) {
      return new SlackAccess.Bot(bot.token(), appUrl);
    }
    if (global.slack() != null) {
      return global.slack();
    }
    slack.problem(
        "api_url",
        "nothing says how Slack is reached; write api_url, api_url_file, app_token or"
            + " app_token_file, here or under global with slack_ before it");
    return new SlackAccess.Url(SecretSource.given(SlackAccess.DEFAULT_APP_URL));
  }

  private static SlackSettings.Field field(Section field) {
    return new SlackSettings.Field(
        field.requiredString("title", ""),
        field.requiredString("value", ""),
        field.isAbsent("short") ? declareShort(field) : (Boolean) field.bool("short", false, ""));
  }

  private static @Nullable Boolean declareShort(Section field) {
    field.bool("short", false, "");
    return null;
  }

  private static SlackSettings.Action action(Section action) {
    boolean absent = action.isAbsent("confirm");
    Section confirm = action.section("confirm", "");
    SlackSettings.Confirm asked =
        new SlackSettings.Confirm(
            orEmpty(confirm, "title"),
            orEmpty(confirm, "text"),
            orEmpty(confirm, "ok_text"),
            orEmpty(confirm, "dismiss_text"));
    if (!absent && asked.text().isEmpty()) {
      confirm.problem("text", "is missing; write what is asked");
    }
    SlackSettings.Action read =
        new SlackSettings.Action(
            action.requiredString("type", ""),
            action.requiredString("text", ""),
            orEmpty(action, "url"),
            orEmpty(action, "style"),
            orEmpty(action, "name"),
            orEmpty(action, "value"),
            absent ? null : asked);
    if (read.url().isEmpty() && read.name().isEmpty()) {
      action.problem("url", "is missing; write a url, or a name");
    }
    return read;
  }

  private static String orEmpty(Section section, String key) {
    String text = GlobalKeys.text(section, key);
    return text == null ? "" : text;
  }

  private WebhookSettings webhook(Section webhook) {
    SecretSource url = Secrets.urlOrFile(webhook, "url", "url_file", folder);
    if (url == null) {
      webhook.problem("url", "is missing; write url or url_file");
    }
    webhook.refuse("payload", "is not supported: the payload is Alertmanager's own; remove it");
    return new WebhookSettings(
        webhook.bool("send_resolved", WebhookSettings.DEFAULT_SEND_RESOLVED, ""),
        url == null ? SecretSource.given("http://localhost") : url,
        HttpKeys.read(webhook, folder, global.http()),
        webhook.integer("max_alerts", 0, 0, Integer.MAX_VALUE, ""),
        timeout(webhook));
  }

  private static @Nullable Duration timeout(Section section) {
    boolean absent = section.isAbsent("timeout");
    Duration timeout = section.value("timeout", PrometheusTypes.DURATION, Duration.ZERO, "");
    return absent || timeout.isZero() ? null : timeout;
  }
}
