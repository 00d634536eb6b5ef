package dev.longshore.alerting.receiver.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.shared.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The keys of `answers` are read, and what can't work is refused with what would.
final class AnswerKeysTest {
  @TempDir Path dir;

  private @Nullable SlackAnswers read(String global, String entry) throws Exception {
    Path file = dir.resolve("alertmanager.yml");
    Files.writeString(
        file,
        """
        global: {GLOBAL}
        route: {receiver: shop}
        receivers:
          - name: shop
            slack_configs: [{channel: '#shop', ENTRY}]
        """
            .replace("GLOBAL", global)
            .replace("ENTRY", entry));
    SlackSettings settings =
        (SlackSettings)
            AlertmanagerFile.load(file).receivers().getFirst().integrations().getFirst();
    return settings.answers();
  }

  @Test
  void areOffUnlessSwitchedOn() throws Exception {
    assertThat(read("slack_app_token: xoxb-1, slack_app_level_token: xapp-1", "title: x")).isNull();
  }

  @Test
  void takeTheTokenOfGlobalAndStandardValues() throws Exception {
    assertThat(
            read(
                "slack_app_token: xoxb-1, slack_app_level_token_file: app",
                "answers: {enabled: true}"))
        .isEqualTo(SlackAnswers.of(SecretSource.file(dir.resolve("app"))));
  }

  @Test
  void takeEachKey() throws Exception {
    SlackAnswers answers =
        Objects.requireNonNull(
            read(
                "slack_app_token: xoxb-1",
                "answers: {enabled: true, app_level_token_file: /app, users: [U012AB3CD],"
                    + " user_groups: [S012AB3CD], time_zone: Asia/Seoul, morning: '07:30'}"));

    assertThat(answers.appLevelToken()).isEqualTo(SecretSource.file(Path.of("/app")));
    assertThat(answers.users()).containsExactly("U012AB3CD");
    assertThat(answers.userGroups()).containsExactly("S012AB3CD");
    assertThat(answers.zone()).isEqualTo(ZoneId.of("Asia/Seoul"));
    assertThat(answers.morning()).isEqualTo(LocalTime.of(7, 30));
    assertThat(answers.isLimited()).isTrue();
  }

  private void refuses(String global, String entry, String... words) {
    assertThatThrownBy(() -> read(global, entry))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void refuseWhatCantWork() {
    refuses("slack_app_token: xoxb-1", "answers: {enabled: true}", "slack_app_level_token_file");
    refuses(
        "slack_api_url: 'https://hooks.slack.com/services/T/B/x', slack_app_level_token: xapp-1",
        "answers: {enabled: true}",
        "needs a bot's token");
    String both = "slack_app_token: xoxb-1, slack_app_level_token: xapp-1";
    refuses(both, "answers: {enabled: true, users: [jane.doe]}", "jane.doe", "U012AB3CD");
    refuses(both, "answers: {enabled: true, user_groups: ['@oncall']}", "@oncall", "S012AB3CD");
    refuses(both, "answers: {enabled: true, time_zone: Berlin}", "Berlin", "Europe/Berlin");
    refuses(both, "answers: {enabled: true, morning: 8am}", "8am", "08:00");
    refuses(both, "answers: {enable: true}", "enable");
  }
}
