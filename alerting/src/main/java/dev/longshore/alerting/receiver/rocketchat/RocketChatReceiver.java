package dev.longshore.alerting.receiver.rocketchat;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// `rocketchat_configs`.
public final class RocketChatReceiver implements ReceiverKind {
  private static final String API = "https://open.rocket.chat/";

  @Override
  public String name() {
    return "rocketchat";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url = global.value("rocketchat_api_url", PrometheusTypes.URL, API, "");
    SecretSource token =
        Secrets.textOrFile(global, "rocketchat_token", "rocketchat_token_file", folder);
    SecretSource id =
        Secrets.textOrFile(global, "rocketchat_token_id", "rocketchat_token_id_file", folder);
    return entry -> read(entry, url, id, token, http, folder);
  }

  private PostedIntegration read(
      Section entry,
      String url,
      @Nullable SecretSource id,
      @Nullable SecretSource token,
      HttpSettings http,
      Path folder) {
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .template("color", "{{ if eq .Status \"firing\" }}red{{ else }}green{{ end }}")
            .template("emoji", "{{ template \"rocketchat.default.emoji\" . }}")
            .template("icon_url", "{{ template \"rocketchat.default.iconurl\" . }}")
            .template("text", "{{ template \"rocketchat.default.text\" . }}")
            .template("title", "{{ template \"rocketchat.default.title\" . }}")
            .template("title_link", "{{ template \"rocketchat.default.titlelink\" . }}")
            .templates("channel", "image_url", "thumb_url")
            .list("fields", "title", "value", "short")
            .list("actions", "type", "text", "url", "msg");
    return keys.integration(
        name(),
        true,
        Guard.MENTIONS,
        http,
        new RocketChatMessages(
            entry.value("api_url", PrometheusTypes.URL, url, ""),
            keys.secret("token_id", id),
            keys.secret("token", token),
            entry.bool("short_fields", false, ""),
            entry.bool("link_names", false, "")));
  }
}
