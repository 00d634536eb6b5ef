package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An entry of `slack_configs`.
///
/// @param texts those that the configuration has; for the others see [#template]
/// @param fields of the attachment
/// @param shortFields whether fields that don't say are short
/// @param actions buttons of the attachment
/// @param mrkdwnIn which of an attachment's texts Slack formats; empty for Alertmanager's choice
/// @param linkNames whether Slack links `@names` and `#channels` in texts
/// @param updateMessage accepted as Alertmanager has it; with a token we edit in any case
/// @param timeout of a request; null for [#DEFAULT_TIMEOUT]
/// @param answers buttons, and who may press them; null where messages can't be answered
public record SlackSettings(
    boolean sendResolved,
    SlackAccess access,
    HttpSettings http,
    Map<SlackText, String> texts,
    List<Field> fields,
    boolean shortFields,
    List<Action> actions,
    List<String> mrkdwnIn,
    boolean linkNames,
    boolean updateMessage,
    @Nullable Duration timeout,
    @Nullable SlackAnswers answers)
    implements Integration {

  /// The word for it in metrics, keys and names of integrations.
  static final String KIND = "slack";

  /// Alertmanager posts no end of alerts to Slack unless told to.
  public static final boolean DEFAULT_SEND_RESOLVED = false;

  /// Slack answers within a second or two; its own clients wait ten.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  public SlackSettings {
    EnumMap<SlackText, String> sorted = new EnumMap<>(SlackText.class);
    sorted.putAll(texts);
    texts = Map.copyOf(sorted);
    fields = List.copyOf(fields);
    actions = List.copyOf(actions);
    mrkdwnIn = List.copyOf(mrkdwnIn);
  }

  /// What Alertmanager does where nothing is configured but these.
  public static SlackSettings of(SlackAccess access, String channel) {
    return new SlackSettings(
        DEFAULT_SEND_RESOLVED,
        access,
        HttpSettings.NONE,
        Map.of(SlackText.CHANNEL, channel),
        List.of(),
        false,
        List.of(),
        List.of(),
        false,
        false,
        null,
        null);
  }

  /// The same with messages that can be answered.
  public SlackSettings with(SlackAnswers other) {
    return new SlackSettings(
        sendResolved,
        access,
        http,
        texts,
        fields,
        shortFields,
        actions,
        mrkdwnIn,
        linkNames,
        updateMessage,
        timeout,
        other);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<String> tlsProblems(Clock clock) {
    return http.tlsProblems(clock);
  }

  @Override
  public ReceiverClient open(
      String receiver, String integration, TemplateLibrary library, String externalUrl)
      throws TemplateException {
    return new SlackClient(receiver, integration, this, library, externalUrl);
  }

  /// The template of a text: the configuration's, or the one that stands for none.
  public String template(SlackText text) {
    String configured = texts.get(text);
    return configured == null ? text.standard() : configured;
  }

  /// Whether the configuration has this text.
  public boolean configures(SlackText text) {
    return texts.containsKey(text);
  }

  /// A field of the attachment; title and value are templates.
  ///
  /// @param isShort null when it doesn't say
  public record Field(String title, String value, @Nullable Boolean isShort) {}

  /// A button of the attachment; all are templates.
  ///
  /// @param url where it leads; empty for one that has a name
  /// @param confirm what is asked before
  public record Action(
      String type,
      String text,
      String url,
      String style,
      String name,
      String value,
      @Nullable Confirm confirm) {}

  /// What is asked before a button does anything; all are templates.
  public record Confirm(String title, String text, String okText, String dismissText) {}
}
