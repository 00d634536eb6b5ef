package dev.longshore.alerting.receiver.telegram;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Request;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: Telegram gets HTML in which labels are text, within its limits, and plain text when it
/// can't read that.
final class TelegramTest {
  private static final String FILE =
      """
      global: {telegram_api_url: URL}
      receivers:
        - name: team
          telegram_configs:
            - bot_token: 123:abc
              chat_id: -1001234567890
              message_thread_id: 7
              message: '<b>{{ .CommonLabels.alertname }}</b> {{ .CommonLabels.text }}'
      """;

  @TempDir Path folder;

  private static Reply service(Request request) {
    String text = request.json().path("text").asText();
    boolean ok =
        request.path().equals("/bot123:abc/sendMessage")
            && request.json().path("chat_id").asText().equals("-1001234567890")
            && text.length() <= 4096
            && !text.isBlank();
    return ok ? new Reply(200, "{\"ok\":true}") : new Reply(400, "{\"ok\":false}");
  }

  /// Helm writes whole numbers of this size so.
  @Test
  void aChatMayBeAFloatingPointNumber() throws Exception {
    String file = FILE.replace("-1001234567890", "-1.00123456789e+12");
    try (ReceiverRig rig = ReceiverRig.open(folder, file, TelegramTest::service)) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "text", "x")))
          .isInstanceOf(DeliveryResult.Delivered.class);
    }
  }

  @Test
  void labelsAreTextInTheAuthorsHtml() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, TelegramTest::service)) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "text", "<a> & b")))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/text")).isEqualTo("<b>Slow</b> &lt;a&gt; &amp; b");
      assertThat(rig.field("/parse_mode")).isEqualTo("HTML");
      assertThat(rig.field("/message_thread_id")).isEqualTo("7");
      assertThat(rig.hasPlain()).isTrue();
      rig.firePlainly(ReceiverRig.alert("alertname", "Slow", "text", "<a> & b"));
      assertThat(rig.field("/text")).isEqualTo("Slow <a> & b");
      assertThat(rig.field("/parse_mode")).isNull();
    }
  }

  @Test
  void whatIsTooLongIsCutWithoutMarkup() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, TelegramTest::service)) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "text", "<".repeat(5000))))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/parse_mode")).isNull();
      assertThat(rig.field("/text")).startsWith("Slow <<").endsWith("…");
    }
  }

  @Test
  void whatIsLongByTheUnitsThatTelegramCountsIsCutBetweenCharacters() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, TelegramTest::service)) {
      assertThat(
              rig.fire(ReceiverRig.alert("alertname", "Slow", "text", "\uD83D\uDD25".repeat(3000))))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/text")).endsWith("\uD83D\uDD25…");
    }
  }

  @Test
  void aTextWithoutWordsIsSentAllTheSame() throws Exception {
    String file = FILE.replaceFirst("message: .*", "message: '{{ .CommonLabels.nothing }} '");
    try (ReceiverRig rig = ReceiverRig.open(folder, file, TelegramTest::service)) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOf(DeliveryResult.Delivered.class);
    }
  }

  @Test
  void howLongToWaitIsReadFromTheBody() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            FILE,
            request -> new Reply(429, "{\"ok\":false,\"parameters\":{\"retry_after\":33}}"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOfSatisfying(
              DeliveryResult.Retry.class,
              it -> assertThat(it.after()).isEqualTo(Duration.ofSeconds(33)));
    }
  }
}
