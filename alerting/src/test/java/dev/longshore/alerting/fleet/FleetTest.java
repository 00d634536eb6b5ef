package dev.longshore.alerting.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.alerting.logs.ErrorHistory;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.shared.elastic.NodeReport;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The fleet says of each node what is known, and never that all is well where nothing was heard.
final class FleetTest {
  private final ManualClock clock = new ManualClock();
  private final Instant now = clock.now();
  private final List<NodeReport> reports = new ArrayList<>();
  private final List<Watermark> watermarks = new ArrayList<>();
  private @Nullable IOException away;
  private Map<String, ErrorHistory.First> history = Map.of();
  private int asked;

  private final Fleet fleet =
      new Fleet(
          LogsConfig.defaults().withKibana(URI.create("https://kibana.example/ops")),
          new Fleet.Source() {
            @Override
            public NodeReports.Found reports(@Nullable String cluster, Instant notBefore)
                throws IOException {
              asked++;
              if (away != null) {
                throw away;
              }
              return new NodeReports.Found(reports, reports.size());
            }

            @Override
            public List<Watermark> watermarks(@Nullable String cluster) {
              return watermarks;
            }

            @Override
            public Map<String, ErrorHistory.First> firstOf(Collection<String> fingerprints) {
              return history;
            }
          },
          clock);

  private Watermark watermark(String node, Instant published, boolean last) {
    return new Watermark("lab", node, published, published.minusSeconds(1), last, List.of());
  }

  private FleetView.Node node(String name) throws InterruptedException {
    return fleet.view().nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aNodeThatHasGoneSilentIsFirstAndSaysSinceWhen() throws Exception {
    reports.add(Reports.healthy("lab", "worker-1", now.minusSeconds(20)));
    reports.add(Reports.healthy("lab", "worker-2", now.minusSeconds(14 * 60)));

    assertThat(fleet.view().nodes())
        .extracting(FleetView.Node::name, FleetView.Node::state)
        .containsExactly(
            tuple("worker-2", FleetView.State.SILENT), tuple("worker-1", FleetView.State.OK));
    assertThat(node("worker-2").problems().getFirst()).startsWith("last heard 14 min ago");
    // What a silent node was loud with is not what is loud now.
    assertThat(fleet.view().loudest().getFirst().nodes()).isEqualTo(1);
  }

  @Test
  void aNodeThatStoppedInOrderIsNotSilent() throws Exception {
    reports.add(Reports.healthy("lab", "worker-1", now.minusSeconds(1_000)));
    watermarks.add(watermark("worker-1", now.minusSeconds(900), true));

    assertThat(node("worker-1").state()).isEqualTo(FleetView.State.STOPPED);
    assertThat(node("worker-1").problems()).containsExactly("its agent stopped 15 min ago");
  }

  @Test
  void anAgentThatPublishesNoReportIsNamed() throws Exception {
    watermarks.add(watermark("worker-1", now.minusSeconds(2), false));

    assertThat(node("worker-1").state()).isEqualTo(FleetView.State.WITHOUT_REPORT);
    assertThat(node("worker-1").problems().getFirst())
        .isEqualTo(
            "it publishes no report: its agent is too old, or may not write to longshore-fleet");
  }

  @Test
  void anAgentWhoseReportsNoLongerArriveIsNotTakenForWell() throws Exception {
    reports.add(Reports.healthy("lab", "worker-1", now.minusSeconds(1_200)));
    watermarks.add(watermark("worker-1", now.minusSeconds(2), false));

    assertThat(node("worker-1").state()).isEqualTo(FleetView.State.ATTENTION);
    assertThat(node("worker-1").problems().getFirst())
        .startsWith("its last report is of 20 min ago");
  }

  @Test
  void whatKeepsANodeFromShippingIsSaidInWords() throws Exception {
    reports.add(
        Reports.report(
            "lab",
            "worker-1",
            now.minusSeconds(5),
            3,
            List.of(new NodeReport.Paused("below_min_free", 12)),
            "security_exception: missing create_doc"));

    assertThat(node("worker-1").state()).isEqualTo(FleetView.State.ATTENTION);
    assertThat(node("worker-1").problems())
        .hasSize(3)
        .anyMatch(
            it ->
                it.startsWith("3 containers are more than 5 min behind: shop/cart-5c6b/app since")
                    && it.endsWith(" and 2 more"))
        .contains(
            "nothing is sent to logs-kubernetes.container_logs-default: 403 security_exception:"
                + " missing create_doc",
            "12 files wait to be read: below min free");
  }

  @Test
  void workloadsAndErrorsAreSummedOverNodesAndLinkToTheirLines() throws Exception {
    reports.add(Reports.healthy("lab", "worker-1", now.minusSeconds(5)));
    reports.add(Reports.healthy("lab", "worker-2", now.minusSeconds(35)));

    FleetView view = fleet.view();

    assertThat(view.loudest())
        .extracting(
            FleetView.Load::service,
            FleetView.Load::bytesPerSecond,
            FleetView.Load::errorsPerMinute,
            FleetView.Load::nodes)
        .containsExactly(tuple("cart", 20_000.0, 0.0, 2), tuple("checkout", 2_000.0, 60.0, 2));
    assertThat(view.erroneous()).extracting(FleetView.Load::service).containsExactly("checkout");
    FleetView.NewError error = view.errors().getFirst();
    assertThat(view.errors()).hasSize(1);
    assertThat(error.firstSeen()).isEqualTo(now.minusSeconds(125));
    assertThat(error.count()).isEqualTo(30);
    assertThat(URLDecoder.decode(error.link(), StandardCharsets.UTF_8))
        .startsWith("https://kibana.example/ops/app/r?l=DISCOVER_APP_LOCATOR")
        .contains("error.fingerprint:\\\"2:8f14e45fceea167a\\\"", "logs-*");
    assertThat(URLDecoder.decode(view.erroneous().getFirst().errorsLink(), StandardCharsets.UTF_8))
        .contains(
            "kubernetes.namespace:\\\"shop\\\" AND service.name:\\\"checkout\\\" AND"
                + " log.level:(error OR fatal)");
    assertThat(URLDecoder.decode(view.nodes().getFirst().link(), StandardCharsets.UTF_8))
        .contains("kubernetes.node.name:\\\"worker-1\\\"");
  }

  @Test
  void anErrorThatIsOlderThanItsAgentIsNotTakenForNew() throws Exception {
    reports.add(Reports.healthy("lab", "worker-1", now.minusSeconds(5)));
    Instant lastWeek = now.minus(Duration.ofDays(7));
    history =
        Map.of(
            "2:8f14e45fceea167a",
            new ErrorHistory.First(lastWeek, "PaymentException", "shop/checkout:1.3"));

    assertThat(fleet.view().errors())
        .extracting(
            FleetView.NewError::firstSeen, FleetView.NewError::type, FleetView.NewError::image)
        .containsExactly(tuple(lastWeek, "PaymentException", "shop/checkout:1.3"));
  }

  @Test
  void whatWasKnownStaysWithItsAgeWhileElasticsearchDoesNotAnswer() throws Exception {
    reports.add(Reports.healthy("lab", "worker-1", now.minusSeconds(5)));
    assertThat(fleet.view().problem()).isEmpty();
    away = new IOException("connection refused");
    clock.advance(Duration.ofSeconds(11));

    FleetView view = fleet.view();

    assertThat(view.problem()).isEqualTo("connection refused");
    assertThat(view.asOf()).isEqualTo(now);
    assertThat(view.nodes()).hasSize(1);
  }

  @Test
  void elasticsearchIsAskedOnceHoweverManyLook() throws Exception {
    for (int i = 0; i < 100; i++) {
      fleet.view();
    }
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void withoutElasticsearchItSaysWhatToSet() throws Exception {
    Fleet without = new Fleet(LogsConfig.defaults(), (Fleet.Source) null, clock);

    assertThat(without.view().problem()).contains("set elasticsearch.urls");
    assertThat(without.view().asOf()).isNull();
  }
}
