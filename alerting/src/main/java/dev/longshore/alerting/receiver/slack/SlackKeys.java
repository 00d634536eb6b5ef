package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpKeys;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys of `slack_configs`.
///
/// @param standard how Slack is reached where an entry says nothing; null when `global` doesn't
///   either
/// @param standardAppUrl the Web API where an entry says nothing
/// @param http of `global`
/// @param answerKeys reads the section `answers`
record SlackKeys(
    @Nullable SlackAccess standard,
    String standardAppUrl,
    HttpSettings http,
    Path folder,
    AnswerKeys answerKeys)
    implements ReceiverKind.Reader {

  static SlackKeys of(Section global, HttpSettings http, Path folder) {
    String appUrl =
        global.value("slack_app_url", PrometheusTypes.URL, SlackAccess.DEFAULT_APP_URL, "");
    SecretSource url = Secrets.urlOrFile(global, "slack_api_url", "slack_api_url_file", folder);
    SecretSource token =
        Secrets.textOrFile(global, "slack_app_token", "slack_app_token_file", folder);
    if (url != null && token != null) {
      global.problem("slack_api_url", "excludes slack_app_token; write one of them");
    }
    SlackAccess access =
        token != null
            ? new SlackAccess.Bot(token, appUrl)
            : url != null ? new SlackAccess.Url(url) : null;
    return new SlackKeys(access, appUrl, http, folder, AnswerKeys.of(global, folder));
  }

  @Override
  public SlackSettings read(Section slack) {
    boolean sendResolved = slack.bool("send_resolved", SlackSettings.DEFAULT_SEND_RESOLVED, "");
    boolean hasHttp = !slack.isAbsent("http_config");
    HttpSettings ownHttp = HttpKeys.read(slack, folder, http);
    SlackAccess access = access(slack, hasHttp ? ownHttp : null);
    Map<SlackText, String> texts = new EnumMap<>(SlackText.class);
    for (SlackText text : SlackText.values()) {
      String configured = slack.optionalText(text.key());
      if (configured != null) {
        texts.put(text, configured);
      }
    }
    slack.ignore("edit_messages"); // what update_message was called for a while
    // With a token a message is edited and has its thread in any case.
    slack.oneOf("message_strategy", "new", List.of("new", "update", "thread"), "");
    slack.ignore("threaded_options");
    return new SlackSettings(
        sendResolved,
        access,
        ownHttp,
        texts,
        slack.sections("fields", "").stream().map(SlackKeys::field).toList(),
        slack.bool("short_fields", false, ""),
        slack.sections("actions", "").stream().map(SlackKeys::action).toList(),
        slack.strings("mrkdwn_in", List.of(), ""),
        slack.bool("link_names", false, ""),
        slack.bool("update_message", false, ""),
        HttpKeys.timeout(slack),
        answerKeys.read(slack, access, ownHttp));
  }

  private SlackAccess access(Section slack, @Nullable HttpSettings ownHttp) {
    SecretSource url = Secrets.urlOrFile(slack, "api_url", "api_url_file", folder);
    SecretSource token = Secrets.textOrFile(slack, "app_token", "app_token_file", folder);
    String appUrl = slack.value("app_url", PrometheusTypes.URL, standardAppUrl, "");
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
    if (standard instanceof SlackAccess.Bot bot) {
      return new SlackAccess.Bot(bot.token(), appUrl);
    }
    if (standard != null) {
      return standard;
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
    String text = section.optionalText(key);
    return text == null ? "" : text;
  }
}
