package dev.longshore.alerting.receiver.email;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.HttpTrust;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.Notice;
import dev.longshore.shared.clock.Clock;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A mail server: RFC 5321, with STARTTLS (RFC 3207) or TLS from the first byte, by Angus Mail.
///
/// @param smarthost host and port
/// @param hello our name in EHLO
/// @param username empty for no login
/// @param secret for CRAM-MD5; null for PLAIN and LOGIN by the password
/// @param requireTls whether a server without STARTTLS gets nothing
/// @param implicitTls whether TLS begins with the connection
record SmtpServer(
    String smarthost,
    String hello,
    String username,
    @Nullable SecretSource password,
    @Nullable SecretSource secret,
    String identity,
    boolean requireTls,
    boolean implicitTls,
    HttpSettings.Tls tls) {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
  private static final int TIMEOUT_MILLIS = 30_000;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);

  /// Hands a mail over.
  ///
  /// @param message as [EmailMessages] composes it
  /// @param key names the mail, over attempts: a mailbox shows one of two with the same Message-ID
  DeliveryResult send(JsonNode message, String key) {
    try {
      Session session = Session.getInstance(properties());
      MimeMessage mail = mail(session, message, key);
      int colon = smarthost.lastIndexOf(':');
      String host = smarthost.substring(0, colon).replaceAll("[\\[\\]]", "");
      int port = Integer.parseInt(smarthost.substring(colon + 1));
      try (Transport transport = session.getTransport(implicitTls ? "smtps" : "smtp")) {
        if (username.isEmpty()) {
          transport.connect(host, port, null, null);
        } else {
          SecretSource source = secret != null ? secret : password;
          transport.connect(host, port, username, source == null ? "" : source.value());
        }
        transport.sendMessage(mail, mail.getAllRecipients());
      }
      return new DeliveryResult.Delivered(null, null);
    } catch (AddressException e) {
      return new DeliveryResult.Misconfigured(
          "address", "'" + e.getRef() + "' is no mail address: " + e.getMessage());
    } catch (HttpTrust.UnusableException e) {
      return new DeliveryResult.Misconfigured("tls_config", String.valueOf(e.getMessage()));
    } catch (AuthenticationFailedException e) {
      return new DeliveryResult.Misconfigured(
          "auth", "The mail server refuses the login of '" + username + "': " + shown(e));
    } catch (SendFailedException e) {
      return refused(e);
    } catch (MessagingException e) {
      String says = shown(e);
      return says.contains("STARTTLS")
          ? new DeliveryResult.Misconfigured(
              "require_tls",
              "The mail server offers no STARTTLS; set require_tls to false, or use its port with"
                  + " TLS: "
                  + says)
          : new DeliveryResult.Retry(FailureReason.OTHER, says, null, false);
    }
  }

  /// 4xx is for later; 5xx is a refusal: of all recipients, which a person has to repair, or of
  /// this mail. A mail that some recipients got is not sent again, or those would get it twice.
  private DeliveryResult refused(SendFailedException e) {
    int code = 0;
    boolean ofAddress = false;
    for (Exception at = e; at != null; at = next(at)) {
      if (at instanceof SMTPSendFailedException failed && code == 0) {
        code = failed.getReturnCode();
      } else if (at instanceof SMTPAddressFailedException failed) {
        code = failed.getReturnCode();
        ofAddress = true;
      }
    }
    String says = "The mail server answers: " + shown(e);
    if (e.getValidSentAddresses() != null && e.getValidSentAddresses().length > 0) {
      LOG.atWarn()
          .addKeyValue("smarthost", smarthost)
          .addKeyValue("reason", says)
          .log("a mail reached some of its recipients only");
      return new DeliveryResult.Delivered(null, null);
    }
    if (code >= 500 && ofAddress) {
      return new DeliveryResult.Misconfigured("SMTP " + code, says);
    }
    if (code >= 500) {
      return new DeliveryResult.PayloadRejected("SMTP " + code, says);
    }
    return new DeliveryResult.Retry(FailureReason.OTHER, says, null, false);
  }

  private static @Nullable Exception next(Exception e) {
    return e instanceof MessagingException messaging ? messaging.getNextException() : null;
  }

  private static String shown(Exception e) {
    StringBuilder text = new StringBuilder();
    for (Exception at = e; at != null; at = next(at)) {
      String message = at.getMessage();
      if (message != null && text.indexOf(message.strip()) < 0) {
        text.append(text.isEmpty() ? "" : "; ").append(message.strip().replaceAll("\\s+", " "));
      }
    }
    return Notice.cut(text.toString(), 300);
  }

  private Properties properties() {
    String protocol = implicitTls ? "mail.smtps." : "mail.smtp.";
    Properties properties = new Properties();
    properties.put(protocol + "localhost", hello.isEmpty() ? "localhost" : hello);
    properties.put(protocol + "connectiontimeout", String.valueOf(TIMEOUT_MILLIS));
    properties.put(protocol + "timeout", String.valueOf(TIMEOUT_MILLIS));
    properties.put(protocol + "writetimeout", String.valueOf(TIMEOUT_MILLIS));
    // One address that is refused keeps the mail from nobody else.
    properties.put(protocol + "sendpartial", "true");
    properties.put(protocol + "auth", String.valueOf(!username.isEmpty()));
    // With a name in the configuration, [HttpTrust] looks for that one.
    boolean checksHost = !tls.insecureSkipVerify() && tls.serverName() == null;
    properties.put(protocol + "ssl.checkserveridentity", String.valueOf(checksHost));
    if (!implicitTls) {
      properties.put(protocol + "starttls.enable", "true");
      properties.put(protocol + "starttls.required", String.valueOf(requireTls));
    }
    if (secret != null) {
      properties.put(protocol + "sasl.enable", "true");
      properties.put(protocol + "sasl.mechanisms", "CRAM-MD5");
    } else if (!identity.isEmpty()) {
      properties.put(protocol + "sasl.enable", "true");
      properties.put(protocol + "sasl.mechanisms", "PLAIN");
      properties.put(protocol + "sasl.authorizationid", identity);
    }
    HttpTrust trust = new HttpTrust.Current(tls).get();
    if (trust != null) {
      properties.put(protocol + "ssl.socketFactory", trust.context().getSocketFactory());
    }
    if (!tls.versions().isEmpty()) {
      properties.put(protocol + "ssl.protocols", String.join(" ", tls.versions()));
    }
    return properties;
  }

  /// A mail whose Message-ID is given.
  private static final class NamedMail extends MimeMessage {
    private final String id;

    private NamedMail(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }

  private static MimeMessage mail(Session session, JsonNode message, String key)
      throws MessagingException {
    InternetAddress from = new InternetAddress(message.path("from").asText(), true);
    String address = from.getAddress();
    String domain = address.substring(address.indexOf('@') + 1);
    MimeMessage mail = new NamedMail(session, "<" + key + "@" + domain + ">");
    mail.setFrom(from);
    mail.setRecipients(
        Message.RecipientType.TO, InternetAddress.parse(message.path("to").asText(), true));
    for (Map.Entry<String, JsonNode> header : message.path("headers").properties()) {
      String text = header.getValue().asText();
      switch (header.getKey().toLowerCase(Locale.ROOT)) {
        case "subject" -> mail.setSubject(text, "UTF-8");
        // What people see; whom the mail goes to stays as it is.
        case "to", "from", "cc", "reply-to", "sender" ->
            mail.setHeader(header.getKey(), addresses(header.getKey(), text));
        case "date",
            "message-id",
            "mime-version",
            "content-type",
            "content-transfer-encoding",
            "bcc" -> {
          // The mail's own, and what would tell everybody of others.
        }
        default -> mail.setHeader(header.getKey(), folded(header.getKey(), encoded(text)));
      }
    }
    String thread = message.path("thread").asText();
    if (!thread.isEmpty()) {
      mail.setHeader("References", thread);
      mail.setHeader("In-Reply-To", thread);
    }
    mail.setHeader("Date", DATE.format(Clock.system().now().atOffset(ZoneOffset.UTC)));
    MimeMultipart parts = new MimeMultipart("alternative");
    if (!message.path("text").asText().isBlank()) {
      parts.addBodyPart(part(message.path("text").asText(), "plain"));
    }
    if (!message.path("html").asText().isBlank()) {
      parts.addBodyPart(part(message.path("html").asText(), "html"));
    }
    mail.setContent(parts);
    mail.saveChanges();
    return mail;
  }

  private static MimeBodyPart part(String text, String subtype) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setText(text, "UTF-8", subtype);
    part.setHeader("Content-Transfer-Encoding", "quoted-printable");
    return part;
  }

  /// Addresses with their names encoded; what is none is a text as any other.
  private static String addresses(String name, String text) {
    try {
      InternetAddress[] addresses = InternetAddress.parse(text, true);
      for (InternetAddress address : addresses) {
        String personal = address.getPersonal();
        if (personal != null) {
          address.setPersonal(personal, "UTF-8");
        }
      }
      return InternetAddress.toString(addresses, name.length() + 2);
    } catch (AddressException e) {
      return folded(name, encoded(text));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("each Java runtime has UTF-8", e);
    }
  }

  /// In lines of 76 characters, as far as there are spaces: servers refuse those above 998.
  private static String folded(String name, String text) {
    return MimeUtility.fold(name.length() + 2, text);
  }

  private static String encoded(String text) {
    try {
      return MimeUtility.encodeText(text, "UTF-8", null);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("each Java runtime has UTF-8", e);
    }
  }
}
