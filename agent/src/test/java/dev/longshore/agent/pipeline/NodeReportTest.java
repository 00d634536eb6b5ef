package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.agent.ops.NodeReporter;
import dev.longshore.agent.ship.ShipConfig;
import dev.longshore.shared.elastic.NodeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node reports what the path of its lines does, and of the lines themselves nothing but the
/// fingerprints of errors.
class NodeReportTest {
  @TempDir Path folder;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private NodeReporter reporter() {
    return new NodeReporter(
        "lab",
        "node-1",
        fixture.ledger,
        fixture.errors,
        fixture.pipeline(),
        fixture.buffer(),
        fixture.metadata(),
        fixture.clock);
  }

  @Test
  void namesTheLoudestTheMostErroneousAndTheNewestErrorsSinceTheLastReport() throws IOException {
    PodLog checkout = fixture.log("checkout-7d9f", "checkout");
    PodLog cart = fixture.log("cart-5c6b", "cart");
    fixture.start();
    NodeReporter reporter = reporter();
    checkout.out("ERROR PaymentException: card of alice refused").out("ERROR can't reach the bank");
    cart.out("INFO added " + "x".repeat(1_000)).out("ERROR can't reach the bank");
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 4);
    fixture.quiet();
    fixture.pass(Duration.ofSeconds(60));

    NodeReport first = reporter.report(false);

    assertThat(first.intervalSeconds()).isBetween(60L, 90L);
    assertThat(first.loudest())
        .extracting(NodeReport.Load::service)
        .containsExactly("cart", "checkout");
    assertThat(first.erroneous())
        .extracting(NodeReport.Load::service, NodeReport.Load::errors)
        .containsExactly(tuple("checkout", 2L), tuple("cart", 1L));
    assertThat(first.newErrors()).hasSize(3);
    assertThat(first.newErrors().getFirst().fingerprint()).matches("2:[0-9a-f]{16}");
    assertThat(first.newErrors())
        .extracting(NodeReport.NewError::firstSeen)
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(first.toString()).doesNotContain("alice", "bank", "PaymentException");
    assertThat(fixture.elastic.documents().toString())
        .contains(first.newErrors().getFirst().fingerprint());
    assertThat(first.records())
        .extracting(NodeReport.Records::read, NodeReport.Records::indexed)
        .containsExactly(4L, 4L);
    assertThat(first.containers()).isEqualTo(2);

    NodeReport second = reporter.report(true);

    assertThat(second.loudest()).isEmpty();
    assertThat(second.erroneous()).isEmpty();
    assertThat(second.newErrors()).hasSize(3);
    assertThat(second.last()).isTrue();
  }

  @Test
  void saysWhatIsHeldAndWhyWhileElasticsearchRefuses() throws IOException {
    fixture.elastic.block(ShipConfig.DEFAULT_DATA_STREAM);
    fixture.log("checkout-7d9f", "app").out("paid");
    fixture.start();
    NodeReporter reporter = reporter();
    fixture.until(PipelineFixture.SOON, () -> !reporter.report(false).refused().isEmpty());
    fixture.pass(Duration.ofMinutes(6));

    NodeReport report = reporter.report(false);

    assertThat(report.buffer().records()).isEqualTo(1);
    assertThat(report.buffer().bytes()).isPositive();
    assertThat(report.buffer().volumeFreeBytes()).isPositive();
    assertThat(report.buffer().volumeBytes()).isGreaterThan(report.buffer().volumeFreeBytes());
    assertThat(report.refused().getFirst().dataStream()).isEqualTo(ShipConfig.DEFAULT_DATA_STREAM);
    assertThat(report.refused().getFirst().reason()).isNotEmpty();
    assertThat(report.behindTotal()).isEqualTo(1);
    assertThat(report.behind().getFirst().container()).isEqualTo("shop/checkout-7d9f/app");
  }

  @Test
  void keepsInItsTotalsWhatContainersThatAreGoneDid() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("paid");
    fixture.start().expect("paid");
    NodeReporter reporter = reporter();

    Files.delete(log.live);
    fixture.until(PipelineFixture.SOON, () -> fixture.ledger.accounts().isEmpty());

    assertThat(reporter.report(false).records().indexed()).isEqualTo(1);
  }
}
