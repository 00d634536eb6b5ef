package dev.longshore.alerting.receiver.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a mail says what fires as text and HTML, its labels are text, and a server's refusal is
/// told in its words.
final class EmailTest {
  private static final String FILE =
      """
      global:
        smtp_from: 'Longshore <alerts@example.com>'
        smtp_smarthost: 'localhost:PORT'
        smtp_require_tls: false
      receivers:
        - name: team
          email_configs:
            - to: 'ann@example.com, Bob <bob@example.com>'
              send_resolved: true
              text: '{{ template "email.default.text" . }}'
              headers: {Subject: 'Übung: {{ .CommonLabels.alertname }}', X-Team: shop}
              threading: {enabled: true}
      """;

  @TempDir Path folder;

  private DeliveryResult fire(String file, SmtpStandIn server, String... labels) throws Exception {
    var integration =
        ReceiverRig.integration(folder, file.replace("PORT", String.valueOf(server.port())));
    try (var client = ReceiverRig.open(integration)) {
      return ReceiverRig.deliver(
          client,
          ReceiverRig.group(List.of(ReceiverRig.alert(labels)), List.of()),
          Reason.FIRST,
          false);
    }
  }

  private static String headers(String mail) {
    return mail.substring(0, mail.indexOf("\n\n"));
  }

  @Test
  void aMailHasTextAndHtmlInWhichLabelsAreText() throws Exception {
    try (SmtpStandIn server = SmtpStandIn.start()) {
      assertThat(
              fire(
                  FILE,
                  server,
                  "alertname",
                  "Slow",
                  "pod",
                  "<script>x</script>\r\nBcc: eve@example.com"))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(server.recipients).containsExactly("<ann@example.com>", "<bob@example.com>");
      String mail = server.mails.getFirst();
      assertThat(mail)
          .contains(
              "From: Longshore <alerts@example.com>",
              "To: ann@example.com, Bob <bob@example.com>",
              "Subject: =?UTF-8?Q?=C3=9Cbung:_Slow?=",
              "X-Team: shop",
              "In-Reply-To: <alert-",
              "multipart/alternative",
              "&lt;script&gt;")
          .doesNotContain("<td><script>");
      assertThat(headers(mail)).doesNotContain("\nBcc:");
    }
  }

  /// A mail that goes twice, because its sender was replaced before it was written down, is one
  /// mail in a mailbox.
  @Test
  void aMailThatIsSentAgainHasTheSameMessageId() throws Exception {
    try (SmtpStandIn server = SmtpStandIn.start()) {
      fire(FILE, server, "alertname", "Slow");
      fire(FILE, server, "alertname", "Slow");
      fire(FILE, server, "alertname", "Slow", "pod", "checkout-1");

      assertThat(server.mails)
          .extracting(EmailTest::messageId)
          .allMatch(id -> id.matches("<[0-9a-f-]{36}@example\\.com>"))
          .satisfiesExactly(
              first -> assertThat(first).isNotBlank(),
              again -> assertThat(again).isEqualTo(messageId(server.mails.getFirst())),
              other -> assertThat(other).isNotEqualTo(messageId(server.mails.getFirst())));
    }
  }

  private static String messageId(String mail) {
    return headers(mail)
        .lines()
        .filter(it -> it.startsWith("Message-ID: "))
        .map(it -> it.substring("Message-ID: ".length()))
        .collect(Collectors.joining(","));
  }

  @Test
  void aLabelAddsNoHeader() throws Exception {
    String file = FILE.replace(".CommonLabels.alertname }}'", ".CommonLabels.pod }}'");
    try (SmtpStandIn server = SmtpStandIn.start()) {
      fire(file, server, "alertname", "Slow", "pod", "a\r\nBcc: eve@example.com");
      assertThat(server.recipients).hasSize(2);
      assertThat(headers(server.mails.getFirst()))
          .contains("_a_Bcc:_eve@example.com?=")
          .doesNotContain("\nBcc:");
    }
  }

  @Test
  void theLoginIsTheConfigurationsAndARefusalIsForAPerson() throws Exception {
    String file =
        FILE.replace(
            "smtp_require_tls: false",
            "smtp_require_tls: false\n  smtp_auth_username: ann\n  smtp_auth_password: PASSWORD");
    try (SmtpStandIn server = SmtpStandIn.start()) {
      server.password = "PASSWORD";
      assertThat(fire(file, server, "alertname", "Slow"))
          .isInstanceOf(DeliveryResult.Delivered.class);
      server.password = "another";
      assertThat(fire(file, server, "alertname", "Slow"))
          .isInstanceOfSatisfying(
              DeliveryResult.Misconfigured.class,
              it ->
                  assertThat(it.remedy())
                      .contains("refuses the login of 'ann'", "535")
                      .doesNotContain("PASSWORD"));
    }
  }

  @Test
  void aServerWithoutTlsGetsNothingUnlessThatIsWanted() throws Exception {
    try (SmtpStandIn server = SmtpStandIn.start()) {
      assertThat(
              fire(
                  FILE.replace("smtp_require_tls: false", "smtp_require_tls: true"),
                  server,
                  "alertname",
                  "Slow"))
          .isInstanceOfSatisfying(
              DeliveryResult.Misconfigured.class,
              it -> assertThat(it.remedy()).contains("offers no STARTTLS"));
      assertThat(server.mails).isEmpty();
    }
  }

  @Test
  void refusalsForNowAreTriedAgainAndOthersAreNot() throws Exception {
    try (SmtpStandIn server = SmtpStandIn.start()) {
      server.toRecipients = "450 4.2.0 greylisted, try again";
      assertThat(fire(FILE, server, "alertname", "Slow"))
          .isInstanceOfSatisfying(
              DeliveryResult.Retry.class, it -> assertThat(it.message()).contains("greylisted"));
      server.toRecipients = "550 5.1.1 no such user";
      assertThat(fire(FILE, server, "alertname", "Slow"))
          .isInstanceOfSatisfying(
              DeliveryResult.Misconfigured.class,
              it -> assertThat(it.remedy()).contains("no such user"));
      server.toRecipients = "250 OK";
      server.toMails = "554 5.7.1 looks like spam";
      assertThat(fire(FILE, server, "alertname", "Slow"))
          .isInstanceOfSatisfying(
              DeliveryResult.PayloadRejected.class,
              it -> assertThat(it.message()).contains("looks like spam"));
      server.toMails = "452 4.3.1 no space";
      assertThat(fire(FILE, server, "alertname", "Slow"))
          .isInstanceOfSatisfying(
              DeliveryResult.Retry.class, it -> assertThat(it.message()).contains("no space"));
    }
  }

  @Test
  void aRecipientThatIsRefusedKeepsTheMailFromNobodyElse() throws Exception {
    try (SmtpStandIn server = SmtpStandIn.start()) {
      server.unknown = "<bob@example.com>";
      assertThat(fire(FILE, server, "alertname", "Slow"))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(server.recipients).containsExactly("<ann@example.com>");
      assertThat(server.mails).hasSize(1);
    }
  }

  @Test
  void noLineIsTooLongAndNoneHasBytesThatMailDoesNotHave() throws Exception {
    String file =
        FILE.replace(
            "X-Team: shop",
            "X-Team: '{{ .CommonLabels.pod }}', Reply-To: 'Bäcker <b@example.com>',"
                + " Cc: 'no address ü'");
    try (SmtpStandIn server = SmtpStandIn.start()) {
      assertThat(fire(file, server, "alertname", "Slow", "pod", "ä " + "über ".repeat(900)))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(server.lines).allMatch(it -> it.length() <= 998 && it.matches("\\p{ASCII}*"));
      assertThat(headers(server.mails.getFirst()))
          .contains("Reply-To: =?UTF-8?Q?B=C3=A4cker?= <b@example.com>")
          .contains("X-Team: =?UTF-8?")
          .contains("Cc: =?UTF-8?");
    }
  }

  @Test
  void anAttributeInSingleQuotesIsNotLeftByALabel() throws Exception {
    String file =
        FILE.replace(
            "send_resolved: true",
            "send_resolved: true\n        html: \"<a href='{{ .CommonLabels.pod }}'>x</a>\"");
    try (SmtpStandIn server = SmtpStandIn.start()) {
      fire(file, server, "alertname", "Slow", "pod", "x' onclick='y");
      assertThat(server.mails.getFirst()).contains("<a href='x&#39; onclick=&#39;y'>");
    }
  }

  @Test
  void aServerThatIsAwayIsTriedAgain() throws Exception {
    SmtpStandIn server = SmtpStandIn.start();
    server.close();
    assertThat(fire(FILE, server, "alertname", "Slow")).isInstanceOf(DeliveryResult.Retry.class);
  }

  /// As Go dials: no host is this machine, and a port may have the name of its service.
  @Test
  void aSmarthostMayLeaveOutItsHostAndNameItsPort() throws Exception {
    try (SmtpStandIn server = SmtpStandIn.start()) {
      assertThat(fire(FILE.replace("localhost:PORT", ":PORT"), server, "alertname", "Slow"))
          .isInstanceOf(DeliveryResult.Delivered.class);
    }
    for (String smarthost : List.of("mail:smtp", "mail:submission", "[::1]:smtps")) {
      assertThat(ReceiverRig.integration(folder, FILE.replace("localhost:PORT", smarthost)))
          .as(smarthost)
          .isNotNull();
    }
    for (String smarthost : List.of("mail:", "mail:99999", "mail:0", "mail:http", "::1:25")) {
      assertThatThrownBy(
              () -> ReceiverRig.integration(folder, FILE.replace("localhost:PORT", smarthost)))
          .as(smarthost)
          .hasMessageContaining("smtp_smarthost: is not host:port");
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(
            () ->
                ReceiverRig.integration(
                    folder, "receivers: [{name: team, email_configs: [{to: a@example.com}]}]"))
        .hasMessageContaining("smtp_from under global")
        .hasMessageContaining("smtp_smarthost under global");
    assertThatThrownBy(
            () ->
                ReceiverRig.integration(folder, FILE.replace("localhost:PORT", "mail.example.com")))
        .hasMessageContaining("is not host:port");
  }
}
