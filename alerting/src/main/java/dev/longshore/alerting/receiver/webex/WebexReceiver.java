package dev.longshore.alerting.receiver.webex;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// `webex_configs`.
public final class WebexReceiver implements ReceiverKind {
  private static final String API = "https://webexapis.com/v1/messages";

  @Override
  public String name() {
    return "webex";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url = global.value("webex_api_url", PrometheusTypes.URL, API, "");
    return entry -> {
      EntryKeys keys =
          new EntryKeys(entry, folder)
              .required("room_id")
              .template("message", "{{ template \"webex.default.message\" . }}");
      PostedIntegration read =
          keys.integration(
              name(),
              true,
              Guard.NONE,
              http,
              new WebexMessages(entry.value("api_url", PrometheusTypes.URL, url, "")));
      if (read.http().authorization() == null) {
        entry.problem(
            "http_config", "has no authorization; write the bot's token as its credentials");
      }
      return read;
    };
  }
}
