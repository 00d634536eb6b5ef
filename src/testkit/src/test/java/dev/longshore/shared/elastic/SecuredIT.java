package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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
  void showsItsApiKeyAsElasticsearchWantsIt() throws Exception {
    String key = encoded("dock-key-1:qXv4-secret");
    AtomicReference<@Nullable String> shown = new AtomicReference<>();
    Certificates certificates = Certificates.create();
    HttpsServer server = tls(certificates);
    server.createContext(
        "/" + STREAM + "/_bulk",
        http -> {
          shown.set(http.getRequestHeaders().getFirst("Authorization"));
          answer(http, ("ApiKey " + key).equals(shown.get()));
        });
    server.start();
    try {
      ElasticConfig config =
          ElasticConfig.of(URI.create("https://localhost:" + server.getAddress().getPort()));

      assertThat(bulk(with(config, certificates.caFile(), null, key)))
          .isInstanceOf(BulkReply.Answered.class);
      assertThat(shown.get()).isEqualTo("ApiKey " + key);
      assertThat(bulk(with(config, certificates.caFile(), null, encoded("dock-key-1:wrong"))))
          .isInstanceOf(BulkReply.Refused.class);
    } finally {
      server.stop(0);
    }
  }

  private static String encoded(String idAndKey) {
    return Base64.getEncoder().encodeToString(idAndKey.getBytes(StandardCharsets.UTF_8));
  }

  /// A server with the certificate that the authority gave, for one request or two.
  private static HttpsServer tls(Certificates certificates) throws Exception {
    char[] none = new char[0];
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, none);
    String pem = Files.readString(certificates.keyFile()).replaceAll("-----[A-Z ]+-----|\\s", "");
    try (InputStream in = Files.newInputStream(certificates.certificateFile())) {
      keys.setKeyEntry(
          "server",
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))),
          none,
          new Certificate[] {CertificateFactory.getInstance("X.509").generateCertificate(in)});
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, none);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }

  private static void answer(HttpExchange http, boolean known) throws IOException {
    try (http) {
      http.getRequestBody().readAllBytes();
      http.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
      http.getResponseHeaders().set("Content-Type", "application/json");
      byte[] body =
          (known
                  ? "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}"
                  : "{\"error\":{\"type\":\"security_exception\",\"reason\":\"unknown key\"}}")
              .getBytes(StandardCharsets.UTF_8);
      http.sendResponseHeaders(known ? 200 : 401, body.length);
      http.getResponseBody().write(body);
    }
  }

  /// What a real server says shows that it has read the header as an API key.
  @Test
  void isRefusedWithAnApiKeyThatNobodyMade() throws IOException {
    ElasticConfig config = ElasticsearchServer.secured().config();
    ElasticConfig stranger = with(config, config.caFile(), null, encoded("no-such-key:dock"));

    assertThat(bulk(stranger))
        .isInstanceOfSatisfying(
            BulkReply.Refused.class, refused -> assertThat(refused.status()).isEqualTo(401));
    try (Elastic elastic = new Elastic(stranger, Clock.system())) {
      Elastic.Response refused = elastic.request("GET", "/_cluster/health", null);
      assertThat(new String(refused.body(), StandardCharsets.UTF_8))
          .containsPattern("\"API key: [^\"]* id no-such-key");
    }
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
              assertThat(unreadable.reason()).contains("not signed by a trusted authority");
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
