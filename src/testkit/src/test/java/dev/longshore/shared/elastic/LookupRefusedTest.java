package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A user who may write and not read is told so, item by item as Elasticsearch says it: what is in
/// doubt is then sent without a lookup, and not held back for ever.
final class LookupRefusedTest {
  private static final String REFUSED =
      """
      {"docs":[{"_id":"d1","error":{"type":"security_exception",
       "reason":"action [indices:data/read/mget[shard]] is unauthorized"}}]}
      """;

  @Test
  void anItemThatMayNotBeLookedUpIsARefusal() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = REFUSED.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("X-Elastic-Product", "Elasticsearch");
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    try (Elastic elastic = new Elastic(ElasticConfig.of(url), Clock.system())) {
      assertThatThrownBy(
              () -> new ElasticGenerations(elastic).present(List.of(".ds-1"), List.of("d1")))
          .isInstanceOfSatisfying(
              RefusedException.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.type()).isEqualTo("security_exception");
              });
    } finally {
      server.stop(0);
    }
  }
}
