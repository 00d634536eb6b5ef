package dev.longshore.alerting.receiver.sns;

import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.shared.clock.Clock;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signature Version 4 of AWS (docs.aws.amazon.com, "Create a signed AWS API request") for a form
/// that is posted.
final class AwsSignature {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String FORM = "application/x-www-form-urlencoded";

  private AwsSignature() {}

  static HttpReply post(
      HttpSender sender,
      String url,
      String form,
      String service,
      String region,
      AwsAccess.Result.Credentials credentials) {
    String stamp = STAMP.format(Clock.system().now());
    Map<String, String> headers = new TreeMap<>();
    headers.put("X-Amz-Date", stamp);
    if (!credentials.session().isEmpty()) {
      headers.put("X-Amz-Security-Token", credentials.session());
    }
    return sender.send(
        new HttpSender.Call(
            "POST",
            url,
            FORM,
            form,
            authorization(URI.create(url), form, service, region, credentials, stamp),
            headers),
        HttpSender.SHORT_ANSWER_BYTES);
  }

  /// The header `Authorization`.
  ///
  /// @param stamp the time, as `20150830T123600Z`
  static String authorization(
      URI url,
      String form,
      String service,
      String region,
      AwsAccess.Result.Credentials credentials,
      String stamp) {
    String day = stamp.substring(0, 8);
    String scope = day + "/" + region + "/" + service + "/aws4_request";
    boolean session = !credentials.session().isEmpty();
    String signed = "content-type;host;x-amz-date" + (session ? ";x-amz-security-token" : "");
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String request =
        String.join(
            "\n",
            "POST",
            path,
            url.getRawQuery() == null ? "" : url.getRawQuery(),
            "content-type:" + FORM,
            "host:" + url.getRawAuthority(),
            "x-amz-date:"
                + stamp
                + (session ? "\nx-amz-security-token:" + credentials.session() : ""),
            "",
            signed,
            sha256(form));
    String toSign = String.join("\n", "AWS4-HMAC-SHA256", stamp, scope, sha256(request));
    byte[] key = ("AWS4" + credentials.secretKey()).getBytes(StandardCharsets.UTF_8);
    for (String part : List.of(day, region, service, "aws4_request")) {
      key = hmac(key, part);
    }
    return "AWS4-HMAC-SHA256 Credential="
        + credentials.accessKey()
        + "/"
        + scope
        + ", SignedHeaders="
        + signed
        + ", Signature="
        + HexFormat.of().formatHex(hmac(key, toSign));
  }

  /// Percent-encoded as RFC 3986 has it.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("each Java runtime has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("each Java runtime has HMAC-SHA-256", e);
    }
  }
}
