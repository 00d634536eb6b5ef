package dev.longshore.alerting.config;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.slack.SlackReceiver;
import dev.longshore.alerting.receiver.webhook.WebhookReceiver;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The section `receivers`.
final class ReceiverKeys {
  /// All kinds that there are.
  private static final List<ReceiverKind> KINDS =
      List.of(new SlackReceiver(), new WebhookReceiver());

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

  private final Map<String, ReceiverKind.Reader> readers = new LinkedHashMap<>();

  ReceiverKeys(Section global, HttpSettings http, Path folder) {
    for (ReceiverKind kind : KINDS) {
      readers.put(kind.name() + "_configs", kind.reader(global, http, folder));
    }
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
      readers.forEach(
          (key, reader) ->
              section.sections(key, "").forEach(it -> integrations.add(reader.read(it))));
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
}
