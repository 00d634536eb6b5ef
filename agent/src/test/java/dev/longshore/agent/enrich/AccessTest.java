package dev.longshore.agent.enrich;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.Pem;
import dev.longshore.testkit.Certificates;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// An API server is trusted for the authority that is named and for no other, and is told who we
/// are by certificate and by header.
final class AccessTest {
  private static final Certificates OURS = Certificates.create();
  private static HttpsServer server;

  @BeforeAll
  static void start() throws Exception {
    SSLContext context =
        SSLUtils.sslContext(
            SSLUtils.keyManagers(
                null,
                OURS.certificateFile().toString(),
                null,
                OURS.keyFile().toString(),
                "EC",
                "changeit",
                null,
                null),
            SSLUtils.trustManagers(null, OURS.caFile().toString(), false, null, null));
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          String client;
          try {
            client =
                ((com.sun.net.httpserver.HttpsExchange) exchange)
                    .getSSLSession()
                    .getPeerPrincipal()
                    .getName();
          } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
            client = "nobody";
          }
          byte[] answer =
              (client + " " + exchange.getRequestHeaders().getFirst("Authorization"))
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static Access access(
      @Nullable Pem authority, boolean insecure, Access.@Nullable ClientPair pair) {
    return new Access(
        "https://localhost:" + server.getAddress().getPort(),
        authority,
        insecure,
        null,
        pair,
        new Access.Identity.Token("secret"));
  }

  private static String ask(Access access) {
    try (HttpClient client = access.client(new JdkHttpClientFactory(), Clock.system())) {
      HttpResponse<String> response =
          client
              .sendAsync(
                  client.newHttpRequestBuilder().uri(access.master() + "/api").build(),
                  String.class)
              .join();
      return response.body();
    }
  }

  @Test
  void trustsTheAuthorityThatIsNamed() {
    assertThat(ask(access(Pem.ofFile("ca", OURS.caFile()), false, null)))
        .isEqualTo("nobody Bearer secret");
  }

  @Test
  void refusesAServerOfAnotherAuthority() {
    Pem other = Pem.ofFile("ca", Certificates.create("CN=Another", 0, 2).caFile());

    assertThatThrownBy(() -> ask(access(other, false, null)))
        .isInstanceOf(CompletionException.class)
        .hasStackTraceContaining(SSLHandshakeException.class.getName());
  }

  @Test
  void refusesAServerThatTheJvmDoesNotKnowWhenNoAuthorityIsNamed() {
    assertThatThrownBy(() -> ask(access(null, false, null)))
        .hasStackTraceContaining(SSLHandshakeException.class.getName());
  }

  @Test
  void takesAnyServerWhereThatIsAskedFor() {
    assertThat(ask(access(null, true, null))).isEqualTo("nobody Bearer secret");
  }

  @Test
  void showsTheClientsCertificate() {
    Access.ClientPair pair =
        new Access.ClientPair(
            Pem.ofFile("certificate", OURS.certificateFile()), Pem.ofFile("key", OURS.keyFile()));

    assertThat(ask(access(Pem.ofFile("ca", OURS.caFile()), false, pair)))
        .isEqualTo("CN=localhost Bearer secret");
  }

  @Test
  void namesTheCertificateThatCannotBeUsed() {
    Pem damaged = new Pem("kubeconfig: certificate-authority-data", "no certificate");

    assertThatThrownBy(() -> ask(access(damaged, false, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kubeconfig: certificate-authority-data");
  }
}
