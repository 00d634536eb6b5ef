package dev.longshore.alerting.receiver.slack;

/// The texts of `slack_configs`, each a template.
public enum SlackText {
  CHANNEL("channel", ""),
  USERNAME("username", "{{ template \"slack.default.username\" . }}"),
  ICON_EMOJI("icon_emoji", "{{ template \"slack.default.iconemoji\" . }}"),
  ICON_URL("icon_url", "{{ template \"slack.default.iconurl\" . }}"),
  COLOR("color", "{{ template \"slack.default.color\" . }}"),
  TITLE("title", "{{ template \"slack.default.title\" . }}"),
  TITLE_LINK("title_link", "{{ template \"slack.default.titlelink\" . }}"),
  PRETEXT("pretext", "{{ template \"slack.default.pretext\" . }}"),
  TEXT("text", "{{ template \"slack.default.text\" . }}"),
  FALLBACK("fallback", "{{ template \"slack.default.fallback\" . }}"),
  CALLBACK_ID("callback_id", "{{ template \"slack.default.callbackid\" . }}"),
  FOOTER("footer", "{{ template \"slack.default.footer\" . }}"),
  IMAGE_URL("image_url", ""),
  THUMB_URL("thumb_url", ""),
  MESSAGE_TEXT("message_text", "");

  private final String key;
  private final String standard;

  SlackText(String key, String standard) {
    this.key = key;
    this.standard = standard;
  }

  /// The key in `slack_configs`.
  public String key() {
    return key;
  }

  /// The template where the configuration has none.
  public String standard() {
    return standard;
  }
}
