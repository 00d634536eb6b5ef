package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.tls.TlsContexts;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What keeps Elasticsearch from accepting anything is said with what to set.
final class ReachabilityTest {
  private static final Certificates CERTIFICATES = Certificates.create();
  private static final HttpServer PLAIN = plain();
  private static final HttpsServer SECURED = secured();
  private static volatile int status = 200;

  private static HttpServer plain() {
    try {
      return HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpsServer secured() {
    try {
      return HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void start() {
    SECURED.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsContexts.of(
                Pem.ofFile("caFile", CERTIFICATES.caFile()),
                Pem.ofFile("certificate", CERTIFICATES.certificateFile()),
                Pem.ofFile("key", CERTIFICATES.keyFile()),
                false,
                Clock.system())));
    for (HttpServer server : List.of(PLAIN, SECURED)) {
      server.createContext(
          "/",
          http -> {
            try (http) {
              byte[] body =
                  "{\"error\":{\"type\":\"security_exception\",\"reason\":\"unable to authenticate\"}}"
                      .getBytes(StandardCharsets.UTF_8);
              http.getResponseHeaders().set("Content-Type", "application/json");
              http.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
              http.sendResponseHeaders(status, body.length);
              http.getResponseBody().write(body);
            }
          });
      server.start();
    }
  }

  @AfterAll
  static void stop() {
    PLAIN.stop(0);
    SECURED.stop(0);
  }

  @Test
  void isReachedOnceAnAnswerWasAcceptedAndStaysSo() throws IOException {
    ManualClock clock = new ManualClock();
    try (Elastic elastic = elastic("http", PLAIN.getAddress().getPort(), clock)) {
      assertThat(elastic.reachability().state().reached()).isFalse();

      ask(elastic, 200);
      assertThat(elastic.reachability().state())
          .isEqualTo(new Reachability.State(true, null, Duration.ZERO));

      ask(elastic, 403);
      clock.advance(Duration.ofSeconds(40));
      assertThat(elastic.reachability().state().reached()).isTrue();
      assertThat(elastic.reachability().state().problem()).contains("the user lacks a privilege");
      assertThat(elastic.reachability().state().lasting()).isEqualTo(Duration.ofSeconds(40));

      ask(elastic, 200);
      assertThat(elastic.reachability().state().problem()).isNull();
    }
  }

  @Test
  void namesTheCredentials() throws IOException {
    try (Elastic elastic = elastic("http", PLAIN.getAddress().getPort(), Clock.system())) {
      ask(elastic, 401);
      assertThat(problem(elastic))
          .contains("401", "unable to authenticate", "check elasticsearch.username and password");
    }
  }

  @Test
  void quotesNothingOfABulkRequestThatIsRefusedAsMalformed() {
    Reachability reachability = new Reachability(new ManualClock());

    reachability.answered(
        new BulkReply.Refused(
            400, "x_content_parse_exception", "Unrecognized token 'hunter2' at [1:7]", null));

    assertThat(reachability.state().problem()).isEqualTo("400 x_content_parse_exception");
  }

  @Test
  void anAnswerThatThereIsNothingYetIsNeitherAProblemNorEnough() throws IOException {
    try (Elastic elastic = elastic("http", PLAIN.getAddress().getPort(), Clock.system())) {
      status = 404;
      elastic.request("GET", "/_index_template/logs", null);

      assertThat(elastic.reachability().state())
          .isEqualTo(new Reachability.State(false, null, Duration.ZERO));

      ask(elastic, 404);
      assertThat(problem(elastic)).contains("check the path in elasticsearch.urls");
    }
  }

  @Test
  void namesTheHostThatNobodyKnows() {
    assertThat(failure(URI.create("http://no-such-host.invalid:9200")))
        .contains("no-such-host.invalid", "check the host name in elasticsearch.urls");
  }

  @Test
  void namesTheServerThatTakesNoConnection() throws IOException {
    assertThat(failure(URI.create("http://localhost:" + FreePorts.one())))
        .contains("Elasticsearch does not answer GET /", "Connection refused at http://localhost:");
  }

  @Test
  void saysWhichFileAnUnknownAuthorityNeeds() {
    assertThat(failure(at("https", SECURED)))
        .contains("set elasticsearch.caFile to the authority that signed the server's certificate");
  }

  @Test
  void saysThatThePortSpeaksPlainHttp() throws IOException {
    try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answerInPlainHttp(plain));

      assertThat(failure(URI.create("https://localhost:" + plain.getLocalPort())))
          .contains("use http:// in elasticsearch.urls");
    }
  }

  @Test
  void saysThatThePortMaySpeakHttps() {
    assertThat(failure(at("http", SECURED)))
        .contains("compare http:// or https:// in elasticsearch.urls");
  }

  @Test
  void saysThatACertificateHasExpiredInPlaceOfNamingAnotherAuthority() {
    assertThat(Reachability.hint(refusedPath(new CertificateExpiredException("NotAfter: …"))))
        .contains("has expired")
        .doesNotContain("caFile");
    assertThat(Reachability.hint(refusedPath(new CertificateNotYetValidException("NotBefore: …"))))
        .contains("compare the clocks")
        .doesNotContain("caFile");
  }

  /// As the JDK says that it does not trust a chain.
  private static SSLException refusedPath(Exception cause) {
    String why = "PKIX path validation failed: validity check failed";
    SSLException refused = new SSLHandshakeException("(certificate_expired) " + why);
    refused.initCause(new CertPathValidatorException("validity check failed", cause));
    return refused;
  }

  @Test
  void saysThatTheServerAsksForACertificate() throws IOException {
    HttpsServer asking = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    asking.setHttpsConfigurator(
        new HttpsConfigurator(SECURED.getHttpsConfigurator().getSSLContext()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters needed = getSSLContext().getDefaultSSLParameters();
            needed.setNeedClientAuth(true);
            parameters.setSSLParameters(needed);
          }
        });
    asking.start();
    try (Elastic elastic =
        new Elastic(
            new ElasticConfig(
                List.of(at("https", asking)),
                null,
                null,
                null,
                CERTIFICATES.caFile(),
                false,
                Duration.ofSeconds(10)),
            Clock.system())) {
      assertThatThrownBy(() -> elastic.request("GET", "/_cluster/health", null))
          .hasMessageContaining("set elasticsearch.certFile and keyFile");
    } finally {
      asking.stop(0);
    }
  }

  /// What Elasticsearch answers to a TLS handshake where it has no TLS.
  private static void answerInPlainHttp(ServerSocket server) {
    try (Socket socket = server.accept()) {
      var _ = socket.getInputStream().read();
      socket
          .getOutputStream()
          .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The test ends without it.
    }
  }

  private static URI at(String scheme, HttpServer server) {
    return URI.create(scheme + "://localhost:" + server.getAddress().getPort());
  }

  private static String failure(URI url) {
    try (Elastic elastic = new Elastic(config(url), Clock.system())) {
      assertThatThrownBy(() -> elastic.request("GET", "/_cluster/health", null))
          .isInstanceOf(IOException.class);
      return problem(elastic);
    }
  }

  private static String problem(Elastic elastic) {
    @Nullable String problem = elastic.reachability().state().problem();
    assertThat(problem).isNotNull();
    return String.valueOf(problem);
  }

  private static void ask(Elastic elastic, int answer) throws IOException {
    status = answer;
    assertThat(elastic.request("PUT", "/longshore-watermarks/_doc/a", new byte[0]).status())
        .isEqualTo(answer);
  }

  private static Elastic elastic(String scheme, int port, Clock clock) {
    return new Elastic(config(URI.create(scheme + "://localhost:" + port)), clock);
  }

  private static ElasticConfig config(URI url) {
    return new ElasticConfig(List.of(url), null, null, null, null, false, Duration.ofSeconds(10));
  }
}
