package dev.longshore.alerting.receiver.mattermost;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// `mattermost_configs`.
public final class MattermostReceiver implements ReceiverKind {
  private static final List<String> ATTACHMENT =
      List.of(
          "fallback",
          "color",
          "pretext",
          "text",
          "author_name",
          "author_link",
          "author_icon",
          "title",
          "title_link",
          "thumb_url",
          "footer",
          "footer_icon",
          "image_url");

  private static final List<String> FIELD = List.of("title", "value", "short");

  @Override
  public String name() {
    return "mattermost";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    SecretSource url =
        Secrets.urlOrFile(global, "mattermost_webhook_url", "mattermost_webhook_url_file", folder);
    return entry -> {
      EntryKeys keys =
          new EntryKeys(entry, folder)
              .template("username", "{{ template \"mattermost.default.username\" . }}")
              .templates("channel", "icon_url", "icon_emoji", "type")
              .list("attachments", ATTACHMENT, "fields", FIELD);
      TemplateTree props = keys.tree("props", Map.of());
      TemplateTree priority = keys.tree("priority", Map.of());
      boolean attached = !entry.isAbsent("attachments");
      keys.template("text", attached ? "" : "{{ template \"mattermost.default.text\" . }}");
      return keys.integration(
          name(),
          true,
          Guard.MENTIONS,
          http,
          new MattermostMessages(keys.url("webhook_url", url), props, priority));
    };
  }
}
