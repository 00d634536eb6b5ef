package dev.longshore.alerting.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of Alertmanager's `http_config` can't be done is refused with what can, and nothing else.
final class UnsupportedConnectionsTest {
  @TempDir Path dir;

  @Test
  void proxiesAndTokensThatAreNotSupportedAreToldWithWhatIs() {
    String file =
        """
        route: {receiver: a}
        receivers:
          - name: a
            webhook_configs:
              - url: http://127.0.0.1/hook
                http_config: %s
        """;
    for (String proxy : List.of("socks5://proxy:1080", "socks5h://proxy", "https://proxy:3128")) {
      assertThatThrownBy(() -> load(file.formatted("{proxy_url: '" + proxy + "'}")))
          .hasMessageContaining("proxy_url '" + proxy + "': is not a proxy that is reached by http")
          .hasMessageContaining("http://proxy.example.com:3128");
    }
    String token =
        "{oauth2: {client_id: a, client_secret: b, token_url: 'https://t.example/', %s}}";
    assertThatThrownBy(
            () ->
                load(
                    file.formatted(
                        token.formatted(
                            "grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', iss: me,"
                                + " client_certificate_key_file: key.pem, claims: {a: b}"))))
        .hasMessageContaining("grant_type: jwt-bearer is not supported")
        .hasMessageContaining("client_credentials");
    assertThatCode(() -> load(file.formatted(token.formatted("grant_type: client_credentials"))))
        .doesNotThrowAnyException();
  }

  private AlertmanagerFile load(String text) throws IOException {
    Path file = dir.resolve("alertmanager.yml");
    Files.writeString(file, text);
    return AlertmanagerFile.load(file);
  }
}
