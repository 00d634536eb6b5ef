package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The section `answers` of an entry of `slack_configs`, and its token in `global`.
///
/// @param standard the app-level token of `global`; null when there is none
record AnswerKeys(@Nullable SecretSource standard, Path folder) {
  private static final String USER = "[UW][A-Z0-9]{2,}";
  private static final String GROUP = "S[A-Z0-9]{2,}";

  static AnswerKeys of(Section global, Path folder) {
    return new AnswerKeys(
        Secrets.textOrFile(global, "slack_app_level_token", "slack_app_level_token_file", folder),
        folder);
  }

  /// @return null where messages can't be answered
  @Nullable SlackAnswers read(Section slack, SlackAccess access, HttpSettings http) {
    Section answers = slack.section("answers", "");
    boolean enabled = answers.bool("enabled", false, "");
    SecretSource own =
        Secrets.textOrFile(answers, "app_level_token", "app_level_token_file", folder);
    Set<String> users = ids(answers, "users", USER, "the id of a person, such as U012AB3CD");
    Set<String> groups =
        ids(answers, "user_groups", GROUP, "the id of a user group, such as S012AB3CD");
    ZoneId zone = zone(answers);
    LocalTime morning = morning(answers);
    SecretSource token = own != null ? own : standard;
    if (!enabled) {
      return null;
    }
    boolean bot =
        access instanceof SlackAccess.Bot
            || (access instanceof SlackAccess.Url && http.authorization() != null);
    if (!bot) {
      answers.problem("enabled", "needs a bot's token (app_token): a webhook's messages have none");
      return null;
    }
    if (token == null) {
      answers.problem(
          "app_level_token",
          "is missing; write app_level_token_file here, or slack_app_level_token_file under"
              + " global: a token xapp-… with the scope connections:write");
      return null;
    }
    return new SlackAnswers(token, users, groups, zone, morning);
  }

  private static Set<String> ids(Section answers, String key, String pattern, String what) {
    List<String> ids = answers.strings(key, List.of(), "");
    for (String id : ids) {
      if (!id.matches(pattern)) {
        answers.problem(key, "'" + id + "' is not " + what);
      }
    }
    return Set.copyOf(ids);
  }

  private static @Nullable ZoneId zone(Section answers) {
    String name = answers.optionalText("time_zone");
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException e) {
      answers.problem("time_zone", "'" + name + "' is no time zone; write one as Europe/Berlin");
      return null;
    }
  }

  private static LocalTime morning(Section answers) {
    String text = answers.optionalText("morning");
    try {
      return text == null ? SlackAnswers.DEFAULT_MORNING : LocalTime.parse(text);
    } catch (DateTimeException e) {
      answers.problem("morning", "'" + text + "' is no time; write one as 08:00, in quotes");
      return SlackAnswers.DEFAULT_MORNING;
    }
  }
}
