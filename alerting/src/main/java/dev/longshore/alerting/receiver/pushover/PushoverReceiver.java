package dev.longshore.alerting.receiver.pushover;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;

/// `pushover_configs`.
public final class PushoverReceiver implements ReceiverKind {
  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final Duration EXPIRE = Duration.ofHours(1);

  @Override
  public String name() {
    return "pushover";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return entry -> read(entry, http, folder);
  }

  private PostedIntegration read(Section entry, HttpSettings http, Path folder) {
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .template("title", "{{ template \"pushover.default.title\" . }}")
            .template("message", "{{ template \"pushover.default.message\" . }}")
            .template("url", "{{ template \"pushover.default.url\" . }}")
            .template("priority", "{{ if eq .Status \"firing\" }}2{{ else }}0{{ end }}")
            .templates("url_title", "device", "sound");
    boolean html = entry.bool("html", false, "");
    boolean monospace = entry.bool("monospace", false, "");
    if (html && monospace) {
      entry.problem("monospace", "excludes html; write one of them");
    }
    return keys.integration(
        name(),
        true,
        html ? Guard.HTML : Guard.NONE,
        http,
        new PushoverMessages(
            PushoverMessages.URL,
            keys.secret("user_key", null),
            keys.secret("token", null),
            entry.value("retry", PrometheusTypes.DURATION, RETRY, ""),
            entry.value("expire", PrometheusTypes.DURATION, EXPIRE, ""),
            entry.value("ttl", PrometheusTypes.DURATION, Duration.ZERO, ""),
            html,
            monospace));
  }
}
