package dev.longshore.alerting.receiver.wechat;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `wechat_configs`.
public final class WeChatReceiver implements ReceiverKind {
  private static final String API = "https://qyapi.weixin.qq.com/cgi-bin/";
  private static final List<String> TYPES = List.of("text", "markdown");

  @Override
  public String name() {
    return "wechat";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url = global.value("wechat_api_url", PrometheusTypes.URL, API, "");
    SecretSource secret =
        Secrets.textOrFile(global, "wechat_api_secret", "wechat_api_secret_file", folder);
    String corporation = global.optionalText("wechat_api_corp_id");
    return entry -> read(entry, url, secret, corporation, http, folder);
  }

  private PostedIntegration read(
      Section entry,
      String url,
      @Nullable SecretSource secret,
      @Nullable String corporation,
      HttpSettings http,
      Path folder) {
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .template("message", "{{ template \"wechat.default.message\" . }}")
            .template("to_user", "{{ template \"wechat.default.to_user\" . }}")
            .template("to_party", "{{ template \"wechat.default.to_party\" . }}")
            .template("to_tag", "{{ template \"wechat.default.to_tag\" . }}")
            .template("agent_id", "{{ template \"wechat.default.agent_id\" . }}")
            .template("corp_id", corporation == null ? "" : corporation);
    if (keys.text("corp_id").isEmpty()) {
      entry.problem("corp_id", "is missing; write it here, or wechat_api_corp_id under global");
    }
    return keys.integration(
        name(),
        false,
        Guard.NONE,
        http,
        new WeChatMessages(
            entry.value("api_url", PrometheusTypes.URL, url, ""),
            keys.secret("api_secret", secret),
            entry.oneOf("message_type", "text", TYPES, "")));
  }
}
