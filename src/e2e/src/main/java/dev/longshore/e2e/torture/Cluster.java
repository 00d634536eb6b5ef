package dev.longshore.e2e.torture;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The Elasticsearch of a run, past the proxy: what an operator does to it, and what it holds.
final class Cluster implements AutoCloseable {
  static final String LOGS = "logs-*,-logs-longshore.dead_letter-*";
  static final String DEAD_LETTERS = "logs-longshore.dead_letter-*";

  private final ElasticsearchServer server;
  private volatile Elastic elastic;
  private volatile boolean up = true;

  Cluster(ElasticsearchServer server) {
    this.server = server;
    this.elastic = connect(server.url());
  }

  private static Elastic connect(URI url) {
    return new Elastic(ElasticConfig.of(url), Clock.system());
  }

  URI url() {
    return server.url();
  }

  boolean isUp() {
    return up;
  }

  Search search() {
    return new Search(elastic);
  }

  void crash() {
    up = false;
    server.crash();
  }

  /// Starts it again; it may get another address.
  void revive() {
    server.revive();
    elastic.close();
    elastic = connect(server.url());
    up = true;
  }

  /// @throws IOException when it is not done
  void block(String dataStream, boolean blocked) throws IOException {
    call("PUT", "/" + dataStream + "/_settings", "{\"index.blocks.write\":" + blocked + "}");
  }

  /// @throws IOException when it is not done
  void rollover(String dataStream) throws IOException {
    call("POST", "/" + dataStream + "/_rollover", null);
  }

  private void call(String method, String path, @Nullable String body) throws IOException {
    Elastic.Response reply =
        elastic.request(method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
  }

  @Override
  public void close() {
    elastic.close();
  }
}
