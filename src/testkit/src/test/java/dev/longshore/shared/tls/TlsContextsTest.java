package dev.longshore.shared.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A client speaks only with whom it trusts, and shows who it is with a key in any usual form.
final class TlsContextsTest {
  private static final Clock CLOCK = Clock.system();
  private static final Certificates MINE = Certificates.create();
  private static final Certificates STRANGERS = Certificates.create("CN=Stranger", 0, 2);

  /// An address of this machine that is not in the certificate.
  private static final String OTHER_NAME = "127.0.0.2";

  private static final HttpsServer SERVER = at("localhost");
  private static final HttpsServer SERVER_OF_OTHER_NAME = at(OTHER_NAME);

  private static HttpsServer at(String host) {
    try {
      return HttpsServer.create(new InetSocketAddress(host, 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The server wants a certificate of our authority.
  @BeforeAll
  static void start() {
    SSLContext context =
        TlsContexts.of(
            file(MINE.caFile()), file(MINE.certificateFile()), file(MINE.keyFile()), false, CLOCK);
    for (HttpsServer server : List.of(SERVER, SERVER_OF_OTHER_NAME)) {
      start(server, context);
    }
  }

  private static void start(HttpsServer server, SSLContext context) {
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters needed = context.getDefaultSSLParameters();
            needed.setNeedClientAuth(true);
            parameters.setSSLParameters(needed);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  static void stop() {
    SERVER.stop(0);
    SERVER_OF_OTHER_NAME.stop(0);
  }

  @Test
  void speaksWithAServerOfItsAuthorityByItsCertificate() throws Exception {
    assertThat(status("localhost", MINE.caFile(), MINE, file(MINE.keyFile()), false))
        .isEqualTo(204);
  }

  @Test
  void doesNotSpeakWithAStrangersServer() {
    assertThatThrownBy(
            () -> status("localhost", STRANGERS.caFile(), MINE, file(MINE.keyFile()), false))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void skipsTheCheckOfAuthorityAndNameWhenTold() throws Exception {
    assertThat(status(OTHER_NAME, null, MINE, file(MINE.keyFile()), true)).isEqualTo(204);
    assertThatThrownBy(() -> status(OTHER_NAME, MINE.caFile(), MINE, file(MINE.keyFile()), false))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void takesAnEcKeyInSec1Form() throws Exception {
    assertThat(status("localhost", MINE.caFile(), MINE, sec1(MINE.keyFile()), false))
        .isEqualTo(204);
  }

  @Test
  void namesWhatIsWrongWithAKey() throws Exception {
    Pem certificate = file(MINE.certificateFile());
    assertThatThrownBy(() -> TlsContexts.of(null, certificate, certificate, false, CLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(MINE.certificateFile().getFileName() + " holds no PEM private key");
    Pem encrypted =
        new Pem(
            "keyFile",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n");
    assertThatThrownBy(() -> TlsContexts.of(null, certificate, encrypted, false, CLOCK))
        .hasMessageContaining("keyFile holds a key under a password");
    Pem damaged =
        new Pem("keyFile", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> TlsContexts.of(null, certificate, damaged, false, CLOCK))
        .hasMessageContaining("keyFile holds a private key that is damaged");
    assertThatThrownBy(() -> TlsContexts.of(null, certificate, null, false, CLOCK))
        .hasMessageContaining("go together");
  }

  private static Pem file(Path path) {
    return Pem.ofFile("file", path);
  }

  /// What `openssl ec` writes: the third element of PKCS #8, as it is.
  private static Pem sec1(Path pkcs8File) throws IOException {
    String text = Files.readString(pkcs8File);
    byte[] pkcs8 =
        Base64.getMimeDecoder().decode(text.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", ""));
    for (int i = 0; i < pkcs8.length - 4; i++) {
      boolean octets = pkcs8[i] == 0x04 && pkcs8[i + 2] == 0x30;
      if (octets && pkcs8[i + 1] == pkcs8.length - i - 2) {
        byte[] sec1 = Arrays.copyOfRange(pkcs8, i + 2, pkcs8.length);
        return new Pem(
            "sec1",
            "-----BEGIN EC PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(sec1)
                + "\n-----END EC PRIVATE KEY-----\n");
      }
    }
    throw new AssertionError("no SEC 1 key within " + text);
  }

  private static int status(
      String host, @Nullable Path ca, Certificates own, Pem key, boolean skipVerify)
      throws Exception {
    SSLContext context =
        TlsContexts.of(
            ca == null ? null : file(ca), file(own.certificateFile()), key, skipVerify, CLOCK);
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      HttpsServer server = host.equals(OTHER_NAME) ? SERVER_OF_OTHER_NAME : SERVER;
      URI uri = URI.create("https://" + host + ":" + server.getAddress().getPort() + "/");
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
