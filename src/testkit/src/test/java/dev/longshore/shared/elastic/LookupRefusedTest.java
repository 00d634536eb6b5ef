package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A user who may write and not read is told so, item by item as Elasticsearch says it: what is in
/// doubt is then sent without a lookup, and not held back for ever. An answer of somebody else says
/// nothing about documents.
final class LookupRefusedTest {
  private static final String REFUSED =
      """
      {"docs":[{"_id":"d1","error":{"type":"security_exception",
       "reason":"action [indices:data/read/mget[shard]] is unauthorized"}}]}
      """;

  @Test
  void anItemThatMayNotBeLookedUpIsARefusal() throws Exception {
    try (Answering server = new Answering(200, REFUSED)) {
      assertThatThrownBy(() -> server.generations().present(List.of(".ds-1"), List.of("d1")))
          .isInstanceOfSatisfying(
              RefusedException.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.type()).isEqualTo("security_exception");
              });
    }
  }

  @Test
  void onlyElasticsearchItselfKnowsThatThereIsNoSuchThing() throws Exception {
    try (Answering server =
        new Answering(404, "{\"error\":{\"type\":\"index_not_found_exception\"}}")) {
      assertThat(server.generations().of("logs-shop-default")).isEmpty();
      server.generations().delete(".ds-1", List.of("d1"));
    }
    try (Answering server = new Answering(404, "{\"_id\":\"d1\",\"result\":\"not_found\"}")) {
      server.generations().delete(".ds-1", List.of("d1"));
    }
    try (Answering ingress = new Answering(404, "default backend - 404")) {
      assertThatThrownBy(() -> ingress.generations().of("logs-shop-default"))
          .isInstanceOf(RefusedException.class);
      assertThatThrownBy(() -> ingress.generations().delete(".ds-1", List.of("d1")))
          .isInstanceOf(RefusedException.class);
    }
  }

  /// A server that answers everything alike.
  private static final class Answering implements AutoCloseable {
    private final HttpServer server;
    private final Elastic elastic;

    Answering(int status, String text) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      elastic = new Elastic(ElasticConfig.of(url), Clock.system());
    }

    ElasticGenerations generations() {
      return new ElasticGenerations(elastic);
    }

    @Override
    public void close() {
      elastic.close();
      server.stop(0);
    }
  }
}
