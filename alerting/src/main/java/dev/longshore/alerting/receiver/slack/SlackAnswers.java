package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.receiver.http.SecretSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The key `answers` of an entry of `slack_configs`: buttons under its messages, and who may press
/// them.
///
/// @param appLevelToken `xapp-…` with the scope `connections:write`
/// @param users ids of people who may answer, `U…`; with `userGroups` empty: everybody who is in
///   the channel
/// @param userGroups ids of user groups whose people may answer, `S…`
/// @param zone whose morning is meant; null for the one that the person has set in Slack
/// @param morning until when *Until morning* silences
public record SlackAnswers(
    SecretSource appLevelToken,
    Set<String> users,
    Set<String> userGroups,
    @Nullable ZoneId zone,
    LocalTime morning) {

  /// When most people begin to work, or are about to.
  public static final LocalTime DEFAULT_MORNING = LocalTime.of(8, 0);

  public SlackAnswers {
    users = Set.copyOf(users);
    userGroups = Set.copyOf(userGroups);
  }

  /// Everybody in the channel may.
  public static SlackAnswers of(SecretSource appLevelToken) {
    return new SlackAnswers(appLevelToken, Set.of(), Set.of(), null, DEFAULT_MORNING);
  }

  /// Whether it is said by name who may.
  public boolean isLimited() {
    return !users.isEmpty() || !userGroups.isEmpty();
  }
}
