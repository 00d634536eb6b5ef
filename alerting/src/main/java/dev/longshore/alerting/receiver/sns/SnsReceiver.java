package dev.longshore.alerting.receiver.sns;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// `sns_configs`.
public final class SnsReceiver implements ReceiverKind {
  private static final List<String> TARGETS = List.of("topic_arn", "target_arn", "phone_number");

  @Override
  public String name() {
    return "sns";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return entry -> read(entry, http, folder);
  }

  private PostedIntegration read(Section entry, HttpSettings http, Path folder) {
    if (TARGETS.stream().filter(it -> !entry.isAbsent(it)).count() != 1) {
      entry.problem("topic_arn", "write exactly one of topic_arn, target_arn and phone_number");
    }
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .template("subject", "{{ template \"sns.default.subject\" . }}")
            .template("message", "{{ template \"sns.default.message\" . }}")
            .templates("topic_arn", "target_arn", "phone_number", "api_url")
            .map("attributes", Map.of());
    Section sigv4 = entry.section("sigv4", "");
    SecretSource secretKey = Secrets.textOrFile(sigv4, "secret_key", "secret_key_file", folder);
    String accessKey = orEmpty(sigv4, "access_key");
    if (accessKey.isEmpty() != (secretKey == null)) {
      sigv4.problem("access_key", "goes together with secret_key; write both or none");
    }
    boolean fips = sigv4.bool("use_fips_sts_endpoint", false, "");
    return keys.integration(
        name(),
        true,
        Guard.NONE,
        http,
        new SnsMessages(
            new AwsAccess(
                orEmpty(sigv4, "region"),
                accessKey,
                secretKey,
                orEmpty(sigv4, "role_arn"),
                orEmpty(sigv4, "external_id"),
                orEmpty(sigv4, "profile"),
                fips,
                System.getenv())));
  }

  private static String orEmpty(Section section, String key) {
    String text = section.optionalText(key);
    return text == null ? "" : text;
  }
}
