package dev.longshore.alerting.receiver.discord;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// `discord_configs`.
public final class DiscordReceiver implements ReceiverKind {
  @Override
  public String name() {
    return "discord";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return entry -> {
      EntryKeys keys =
          new EntryKeys(entry, folder)
              .template("title", "{{ template \"discord.default.title\" . }}")
              .template("message", "{{ template \"discord.default.message\" . }}")
              .templates("content", "username", "avatar_url");
      return keys.integration(
          name(), true, Guard.MENTIONS, http, new DiscordMessages(keys.url("webhook_url", null)));
    };
  }
}
