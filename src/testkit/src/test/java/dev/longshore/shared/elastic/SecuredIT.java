package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Only the configured authority is trusted, and only the configured credentials are shown.
class SecuredIT {
  private static final String STREAM = "logs-kubernetes.secured-default";
  @TempDir Path folder;

  @Test
  void speaksTlsWithAnAuthorityOutOfSeveralAndAPassword() throws IOException {
    ElasticConfig config = ElasticsearchServer.secured().config();
    Path bundle = folder.resolve("bundle.pem");
    Files.writeString(
        bundle,
        "# authorities of the harbour\n"
            + Files.readString(Certificates.create("CN=Another", 0, 2).caFile())
            + Files.readString(Certificates.create("CN=Gone", -10, 2).caFile())
            + Files.readString(Objects.requireNonNull(config.caFile())));

    assertThat(bulk(with(config, bundle, config.password(), null)))
        .isInstanceOf(BulkReply.Answered.class);
  }

  @Test
  void speaksWithAnApiKey() throws IOException {
    ElasticConfig config = ElasticsearchServer.secured().config();
    String key;
    try (Elastic elastic = new Elastic(config, Clock.system())) {
      Elastic.Response created =
          elastic.request(
              "POST",
              "/_security/api_key",
              "{\"name\":\"agent\"}".getBytes(StandardCharsets.UTF_8));
      assumeThat(new String(created.body(), StandardCharsets.UTF_8))
          .as("Elastic's distribution for integration tests can't keep API keys; the image can")
          .doesNotContain("Unknown filter type [pattern_capture]");
      assertThat(created.status()).isEqualTo(200);
      key = Objects.requireNonNull(Json.text(Json.read(created.body()), "encoded"));
    }

    assertThat(bulk(with(config, config.caFile(), null, key)))
        .isInstanceOf(BulkReply.Answered.class);
  }

  @Test
  void isRefusedWithAnApiKeyThatNobodyMade() {
    ElasticConfig config = ElasticsearchServer.secured().config();
    String key =
        Base64.getEncoder().encodeToString("no-such-key:dock".getBytes(StandardCharsets.UTF_8));

    assertThat(bulk(with(config, config.caFile(), null, key)))
        .isInstanceOfSatisfying(
            BulkReply.Refused.class, refused -> assertThat(refused.status()).isEqualTo(401));
  }

  @Test
  void isRefusedWithAWrongPassword() {
    ElasticConfig config = ElasticsearchServer.secured().config();

    assertThat(bulk(with(config, config.caFile(), "wrong", null)))
        .isInstanceOfSatisfying(
            BulkReply.Refused.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(401);
              assertThat(refused.type()).isEqualTo("security_exception");
            });
  }

  @Test
  void sendsNothingToAServerThatItDoesNotTrust() {
    ElasticConfig config = ElasticsearchServer.secured().config();
    Path stranger = Certificates.create("CN=Stranger", 0, 2).caFile();

    assertThat(bulk(with(config, stranger, config.password(), null)))
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class,
            unreadable -> {
              assertThat(unreadable.sent()).isFalse();
              assertThat(unreadable.reason()).contains("SSLHandshakeException");
            });
  }

  @Test
  void saysWhatIsWrongWithTheAuthorityFile() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "not a certificate");
    Path damaged =
        Files.writeString(
            folder.resolve("damaged.pem"),
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");

    assertRefused(folder.resolve("absent.pem"), "absent.pem does not exist");
    assertRefused(text, "notes.txt holds no PEM certificate");
    assertRefused(damaged, "damaged.pem holds a certificate that is damaged");
    assertRefused(Certificates.create("CN=Old dock", -10, 2).caFile(), "CN=Old dock expired at");
    assertRefused(Certificates.create("CN=New dock", 5, 2).caFile(), "CN=New dock is valid only");
  }

  private static void assertRefused(Path caFile, String message) {
    ElasticConfig config = with(ElasticConfig.defaults(), caFile, null, null);
    assertThatThrownBy(() -> new Elastic(config, Clock.system()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static BulkReply bulk(ElasticConfig config) {
    byte[] body =
        "{\"create\":{}}\n{\"@timestamp\":\"2026-11-23T06:00:00Z\"}\n"
            .getBytes(StandardCharsets.UTF_8);
    try (Elastic elastic = new Elastic(config, Clock.system())) {
      return elastic.bulk(STREAM, body, body.length, 1, false).join();
    }
  }

  private static ElasticConfig with(
      ElasticConfig config,
      @Nullable Path caFile,
      @Nullable String password,
      @Nullable String apiKey) {
    return new ElasticConfig(
        config.urls(),
        password == null ? null : config.username(),
        password,
        apiKey,
        caFile,
        true,
        Duration.ofSeconds(30));
  }
}
