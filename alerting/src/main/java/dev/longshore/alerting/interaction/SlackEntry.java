package dev.longshore.alerting.interaction;

import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAnswers;
import dev.longshore.alerting.receiver.slack.SlackReference;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.receiver.slack.SlackText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An entry of `slack_configs` whose messages can be answered.
///
/// @param integration `slack[0]`
record SlackEntry(
    String receiver, String integration, SlackSettings settings, SlackAnswers answers) {

  /// All entries of a configuration that can be answered, in its order.
  static List<SlackEntry> of(List<Receiver> receivers) {
    List<SlackEntry> entries = new ArrayList<>();
    for (Receiver receiver : receivers) {
      int place = 0;
      for (Integration integration : receiver.integrations()) {
        if (integration instanceof SlackSettings settings) {
          SlackAnswers answers = settings.answers();
          if (answers != null) {
            entries.add(
                new SlackEntry(
                    receiver.name(), settings.kind() + "[" + place + "]", settings, answers));
          }
          place++;
        }
      }
    }
    return entries;
  }

  /// The one that a button is of; null when it is not there any more.
  static @Nullable SlackEntry find(List<SlackEntry> entries, SlackReference reference) {
    for (SlackEntry entry : entries) {
      if (entry.integration.equals(reference.integration())
          && AlertGroup.hash(entry.receiver).equals(reference.receiver())) {
        return entry;
      }
    }
    return null;
  }

  /// Whether its messages go to a channel, as far as the configuration says it without a template.
  boolean isIn(String channelId, String channelName) {
    String channel = settings.template(SlackText.CHANNEL).strip();
    String name = channel.startsWith("#") ? channel.substring(1) : channel;
    return !channel.isEmpty()
        && (channel.equals(channelId) || name.toLowerCase(Locale.ROOT).equals(channelName));
  }

  SecretSource appLevelToken() {
    return answers.appLevelToken();
  }
}
