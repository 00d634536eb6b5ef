package dev.longshore.alerting.config;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.discord.DiscordReceiver;
import dev.longshore.alerting.receiver.email.EmailReceiver;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.incidentio.IncidentIoReceiver;
import dev.longshore.alerting.receiver.jira.JiraReceiver;
import dev.longshore.alerting.receiver.mattermost.MattermostReceiver;
import dev.longshore.alerting.receiver.msteams.ConnectorReceiver;
import dev.longshore.alerting.receiver.msteams.TeamsReceiver;
import dev.longshore.alerting.receiver.opsgenie.OpsgenieReceiver;
import dev.longshore.alerting.receiver.pagerduty.PagerDutyReceiver;
import dev.longshore.alerting.receiver.pushover.PushoverReceiver;
import dev.longshore.alerting.receiver.rocketchat.RocketChatReceiver;
import dev.longshore.alerting.receiver.slack.SlackReceiver;
import dev.longshore.alerting.receiver.sns.SnsReceiver;
import dev.longshore.alerting.receiver.telegram.TelegramReceiver;
import dev.longshore.alerting.receiver.victorops.VictorOpsReceiver;
import dev.longshore.alerting.receiver.webex.WebexReceiver;
import dev.longshore.alerting.receiver.webhook.WebhookReceiver;
import dev.longshore.alerting.receiver.wechat.WeChatReceiver;
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
      List.of(
          new SlackReceiver(),
          new WebhookReceiver(),
          new PagerDutyReceiver(),
          new OpsgenieReceiver(),
          new EmailReceiver(),
          new TeamsReceiver(),
          new ConnectorReceiver(),
          new DiscordReceiver(),
          new TelegramReceiver(),
          new MattermostReceiver(),
          new RocketChatReceiver(),
          new WebexReceiver(),
          new VictorOpsReceiver(),
          new IncidentIoReceiver(),
          new JiraReceiver(),
          new PushoverReceiver(),
          new SnsReceiver(),
          new WeChatReceiver());

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
      for (String key : section.names()) {
        if (key.endsWith("_configs") && !readers.containsKey(key)) {
          unsupported.add(
              "receiver '%s', line %d: %s is not supported and tells nobody; use webhook_configs"
                  .formatted(name, section.line(key), key));
          section.ignore(key);
        }
      }
      receivers.add(new Receiver(name, integrations, Labels.of(section.texts("labels", ""))));
    }
    return receivers;
  }

  /// Entries of kinds that Longshore has not: each is told about, and the others work.
  List<String> unsupported() {
    return unsupported;
  }
}
