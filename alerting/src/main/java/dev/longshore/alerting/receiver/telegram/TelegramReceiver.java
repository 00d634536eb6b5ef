package dev.longshore.alerting.receiver.telegram;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `telegram_configs`.
public final class TelegramReceiver implements ReceiverKind {
  private static final String API = "https://api.telegram.org";
  private static final List<String> MODES = List.of("HTML", "Markdown", "MarkdownV2", "");

  @Override
  public String name() {
    return "telegram";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url = global.value("telegram_api_url", PrometheusTypes.URL, API, "");
    SecretSource token =
        Secrets.textOrFile(global, "telegram_bot_token", "telegram_bot_token_file", folder);
    return entry -> read(entry, url, token, http, folder);
  }

  private PostedIntegration read(
      Section entry, String url, @Nullable SecretSource token, HttpSettings http, Path folder) {
    String chat = whole(entry.optionalText("chat_id"));
    Path chatFile = Secrets.file(entry, "chat_id_file", folder);
    if ((chat == null) == (chatFile == null)) {
      entry.problem("chat_id", "is needed, or chat_id_file; write one of them");
    } else if (chat != null && !chat.strip().matches("-?0*[1-9][0-9]*|@.+")) {
      entry.problem("chat_id", "is no chat; write its number, such as -1001234567890");
    }
    String mode = entry.optionalText("parse_mode");
    if (mode != null && !MODES.contains(mode)) {
      entry.problem("parse_mode", "is unknown; write HTML, Markdown, MarkdownV2 or ''");
    }
    String parseMode = mode == null ? "HTML" : mode;
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .template("message", "{{ template \"telegram.default.message\" . }}");
    return keys.integration(
        name(),
        true,
        parseMode.equals("HTML") ? Guard.HTML : Guard.NONE,
        http,
        new TelegramMessages(
            entry.value("api_url", PrometheusTypes.URL, url, ""),
            keys.secret("bot_token", token),
            chatFile == null
                ? SecretSource.given(chat == null ? "" : chat.strip())
                : SecretSource.file(chatFile),
            entry.integer("message_thread_id", 0, 0, Integer.MAX_VALUE, ""),
            entry.bool("disable_notifications", false, ""),
            parseMode));
  }

  /// A number as Helm writes large ones, `-1.001234567e+09`, as a whole one.
  private static @Nullable String whole(@Nullable String chat) {
    if (chat == null || !chat.strip().matches("-?[0-9]+(\\.[0-9]+)?([eE][+]?[0-9]{1,2})?")) {
      return chat;
    }
    BigDecimal number = new BigDecimal(chat.strip()).stripTrailingZeros();
    return number.scale() <= 0 ? number.toBigInteger().toString() : chat;
  }
}
