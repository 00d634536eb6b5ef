package dev.longshore.alerting.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.alerting.logs.LogRig;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Search;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.testkit.ElasticsearchServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// What agents publish in a real Elasticsearch is the fleet that alerting shows.
@ResourceLock(LogRig.ALL_LOGS)
final class FleetIT {
  @Test
  void reportsAndWatermarksOfOneClusterAreReadBack() throws Exception {
    String cluster = "fleet-" + UUID.randomUUID();
    LogsConfig config =
        new LogsConfig(
            cluster,
            null,
            LogsConfig.DEFAULT_SEARCH_TIMEOUT,
            LogsConfig.DEFAULT_MAX_KEYS,
            LogsConfig.DEFAULT_CONCURRENCY,
            null);
    try (Elastic elastic = new Elastic(ElasticsearchServer.secured().config(), Clock.system())) {
      Fleet empty = new Fleet(config, elastic, Clock.system());
      assertThat(empty.view().problem()).isEmpty();
      assertThat(empty.view().nodes()).isEmpty();

      Instant now = Clock.system().now();
      NodeReports reports = new NodeReports(elastic);
      reports.put(Reports.healthy(cluster, "worker-1", now));
      reports.put(Reports.healthy(cluster, "worker-2", now.minusSeconds(600)));
      reports.put(Reports.healthy("another-" + cluster, "worker-3", now));
      new Watermarks(elastic).put(new Watermark(cluster, "worker-4", now, now, false, List.of()));
      String stream = "logs-kubernetes.fleet_" + cluster.substring(6, 14) + "-default";
      new DataStreamTemplate(elastic, stream, Duration.ofDays(1)).install();
      for (String line :
          List.of(
              error(now.minusSeconds(86_400), "shop/checkout:1.3"),
              error(now, "shop/checkout:1.4"))) {
        assertThat(
                elastic
                    .request(
                        "POST",
                        "/" + stream + "/_doc?refresh=true",
                        line.getBytes(StandardCharsets.UTF_8))
                    .ok())
            .isTrue();
      }
      Search search = new Search(elastic);
      search.refresh(NodeReports.INDEX);
      search.refresh(Watermarks.INDEX);

      FleetView view = new Fleet(config, elastic, Clock.system()).view();

      assertThat(view.nodes())
          .extracting(FleetView.Node::name)
          .containsExactly("worker-2", "worker-4", "worker-1");
      assertThat(view.nodes())
          .extracting(FleetView.Node::state)
          .containsExactly(
              FleetView.State.SILENT, FleetView.State.WITHOUT_REPORT, FleetView.State.OK);
      assertThat(view.loudest().getFirst().service()).isEqualTo("cart");
      assertThat(view.leftOut()).isZero();
      assertThat(view.errors())
          .extracting(FleetView.NewError::type, FleetView.NewError::image)
          .containsExactly(tuple("PaymentException", "shop/checkout:1.3"));
      elastic.request("DELETE", "/_data_stream/" + stream, null);
    }
  }

  private static String error(Instant at, String image) {
    return """
    {"@timestamp": "%s", "message": "refused", "log": {"level": "error"},
     "error": {"type": "PaymentException", "fingerprint": "2:8f14e45fceea167a"},
     "container": {"image": {"name": "%s"}}}
    """
        .formatted(at, image);
  }
}
