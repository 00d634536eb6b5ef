package dev.longshore.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What people need to read is left: names, places, ids, placeholders and sentences about secrets.
class InnocentTextTest {
  private static final String HEX_32 = "5d41402abc4b2a76b9719d911017c592";
  private static final String UUID = "a1b2c3d4-1111-4222-8333-444455556666";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // URLs whose port, query or digest has an at sign behind it.
        "docker://nginx:1.27@sha256:" + HEX_32 + HEX_32,
        "oci://registry:5000@sha256:" + HEX_32 + HEX_32,
        "https://host:8443?mail=jane@example.com",
        "http://cache:6379#part@x",
        "http://[2001:db8::1]:8443/a@b",
        // Places.
        "PWD=/app HOME=/root",
        "PWD=/ OLDPWD=/tmp",
        "pwd=~/src x",
        "{\"cwd\":\"/a\",\"pwd\":\"/app\"}",
        "loaded privateKey=/tls.key cert=/tls.crt",
        "private_key: ~/.ssh/id_rsa",
        // Placeholders.
        "api_key=$API_KEY",
        "password=$DB_PASSWORD",
        "password={name} password={0}",
        "password=(none)",
        "Authorization: Bearer $TOKEN",
        "curl -H \"Authorization: Bearer ${TOKEN}\" https://x",
        // Names of secrets, and ids.
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "secret \"default-token-9x8z7\" not found",
        "ClientRequestToken=" + UUID,
        "clientToken: " + UUID,
        "idempotencyToken=" + UUID,
        "resume_token=" + HEX_32,
        "key-" + HEX_32,
        "task-" + HEX_32 + " disk-" + HEX_32,
        "{\"name\":\"LOG_LEVEL\",\"value\":\"debug2\"}",
        "{\"name\":\"PASSWORD_MIN_LENGTH\",\"value\":\"8\"}",
        "{\"key\":\"password\",\"optional\":true,\"value\":\"x1y2z3w4\"}",
        "{\"a\":{\"value\":\"x1y2z3w4\"}}",
        "license_key=none appKey: orders-v2",
        "pw: ok pw=1 hw=1",
        "v1.0-rc1-20261128 glc_context_is_lost re_export_all_of_the_modules1",
        // Sentences.
        "Authorization: user alice granted role admin2",
        "Authorization: Bearer token missing",
        "authorization: denied for user app-7d9f8b6c5-x2x4z",
        "Authorization: policy default-deny-2024 matched request",
        "Authorization: request " + UUID + " was denied",
        "Cookie: theme=dark; lang=en",
        "cookie=0x0, duration=100s, actions=set_field:00:11:22:33:44:55->eth_src",
        "signature=(Ljava/lang/String;)V Signature: valid",
        "auth=none auth: ldap \"auth\":\"enabled\"",
        "{\"auth\":\"password-authentication\"}"
      })
  void isLeft(String line) {
    assertThat(Redacted.byDefault().of(line)).isEqualTo(line);
  }

  /// Usage texts, markup, source code, messages and settings that say much about secrets.
  @Test
  void leavesLinesThatSpeakOfSecrets() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("src/test/resources/redact/innocent.txt"));

    assertThat(lines)
        .hasSizeGreaterThan(200)
        .allSatisfy(line -> assertThat(Redacted.byDefault().of(line)).isEqualTo(line));
    String all = String.join("\n", lines);
    assertThat(Redacted.byDefault().of(all)).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {">", "=", ":", "'>", "\"=", "/>", "d:", " is: x", "%5D=", "></a>"})
  void takesSignsThatNothingPrecedes(String text) {
    assertThat(Redacted.byDefault().of(text)).isEqualTo(text);
    assertThat(Redacted.byDefault().of(text + " and more")).isEqualTo(text + " and more");
  }

  @Test
  void leavesNamesOfSecretsInConfigurationOfSeveralLines() {
    String container =
        """
        - name: LOG_LEVEL
          value: debug12
        - name: DB_PASSWORD
          valueFrom:
            secretKeyRef:
              name: db1
              key: password
        """;

    assertThat(Redacted.byDefault().of(container)).isEqualTo(container);
  }
}
