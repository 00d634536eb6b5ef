package dev.longshore.alerting.fleet;

import dev.longshore.shared.elastic.NodeReport;
import dev.longshore.shared.elastic.Watermark;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reports of nodes, as agents write them.
final class Reports {
  private Reports() {}

  static NodeReport healthy(String cluster, String node, Instant published) {
    return report(cluster, node, published, 0, List.of(), null);
  }

  /// @param behind containers that are behind
  /// @param refusedWith why nothing is sent; null when something is
  static NodeReport report(
      String cluster,
      String node,
      Instant published,
      int behind,
      List<NodeReport.Paused> paused,
      @Nullable String refusedWith) {
    return new NodeReport(
        cluster,
        node,
        published,
        published.minusSeconds(3_600),
        "0.1.0",
        "3815d38c0ffe",
        false,
        published.minusSeconds(2),
        7,
        0,
        true,
        new NodeReport.Records(1_000, 200_000, 990, 0, 0, 0, 0),
        new NodeReport.Buffer(10, 2_048, 1 << 20, 1 << 30, 20L << 30, 100L << 30),
        behind,
        behind == 0
            ? List.of()
            : List.of(new Watermark.Behind("shop/cart-5c6b/app", published.minusSeconds(480))),
        paused,
        refusedWith == null
            ? List.of()
            : List.of(
                new NodeReport.Refused(
                    "logs-kubernetes.container_logs-default", 403, refusedWith, published, true)),
        60,
        List.of(
            new NodeReport.Load("shop", "cart", 600_000, 6_000, 0),
            new NodeReport.Load("shop", "checkout", 60_000, 600, 30)),
        List.of(new NodeReport.Load("shop", "checkout", 60_000, 600, 30)),
        List.of(
            new NodeReport.NewError(
                "2:8f14e45fceea167a", "shop", "checkout", published.minusSeconds(90), 15)));
  }
}
