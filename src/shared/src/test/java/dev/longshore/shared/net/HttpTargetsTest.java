package dev.longshore.shared.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Promise: hosts with an underscore are reached, by their name.
final class HttpTargetsTest {
  @Test
  void aHostWithAnUnderscoreIsAskedByItsName() throws Exception {
    List<String> asked = new ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestHeaders().getFirst("Host") + " " + exchange.getRequestURI());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    int port = server.getAddress().getPort();
    URI uri = URI.create("http://prometheus_alert:" + port + "/hook?team=a%20b");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpTargets.request(uri, host -> InetAddress.getLoopbackAddress()).build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(204);
    } finally {
      server.stop(0);
    }
    assertThat(asked).containsExactly("prometheus_alert:" + port + " /hook?team=a%20b");
  }

  @Test
  void whatHasNoHostIsRefusedInWords() {
    assertThatThrownBy(() -> HttpTargets.request(URI.create("mailto:a@b.example")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http:// or https://");
    assertThatThrownBy(() -> HttpTargets.request(URI.create("http:///hook")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no host");
    assertThatThrownBy(() -> HttpTargets.request(URI.create("https://alert_hook/x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no certificate is for");
    assertThatThrownBy(
            () ->
                HttpTargets.request(
                    URI.create("http://alert_hook/x"),
                    host -> {
                      throw new UnknownHostException(host);
                    }))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void anAuthorityIsReadWithItsUserAndPort() {
    assertThat(Authority.of(URI.create("http://me:pw@alert_hook:8080/x")))
        .isEqualTo(new Authority("alert_hook", 8080, "me:pw"));
    assertThat(Authority.of(URI.create("http://alert_hook")))
        .isEqualTo(new Authority("alert_hook", -1, null));
    assertThat(Authority.of(URI.create("http://es-1:9200")))
        .isEqualTo(new Authority("es-1", 9200, null));
    assertThat(Authority.of(URI.create("http://[::1]:9200")))
        .isEqualTo(new Authority("[::1]", 9200, null));
    assertThat(Authority.of(URI.create("http://alert_hook:99999/"))).isNull();
    assertThat(Authority.of(URI.create("http://a b_c".replace(" ", "%20")))).isNull();
  }
}
