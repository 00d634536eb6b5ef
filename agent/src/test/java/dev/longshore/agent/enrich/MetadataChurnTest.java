package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.RecordedExit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Pods and namespaces come and go for as long as a node lives, and nothing of them stays.
class MetadataChurnTest {
  private static final int PODS = 100_000;
  private static final int AT_A_TIME = 500;

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock();
  private final EnrichMetrics metrics = new EnrichMetrics(new SimpleMeterRegistry());
  private final RateLimitedLogger log =
      new RateLimitedLogger(
          LoggerFactory.getLogger(MetadataChurnTest.class), clock, Duration.ofSeconds(10));

  private static PodRecord pod(int i) {
    byte[] none = {};
    return new PodRecord(
        "ns-" + i % 1_000,
        "job-" + i,
        "uid-" + i,
        i % 10 == 0 ? "hash-" + i : "",
        Map.of("job", "job-" + i),
        "",
        none,
        none,
        0,
        Map.of(),
        List.of(new PodRecord.Container("app", "id-" + i, "image")));
  }

  private static ContainerRef container(int i) {
    return new ContainerRef("ns-" + i % 1_000, "job-" + i, "uid-" + i, "app");
  }

  @Test
  void theCatalogIsEmptyAfterAHundredThousandPodsThoughTheDiskTakesNone() throws IOException {
    Path inTheWay = Files.writeString(directory.resolve("file"), "in the way");
    PodCatalog catalog = catalog(inTheWay.resolve("metadata"));

    int most = churn(catalog, PODS);

    assertThat(catalog.entries()).isZero();
    assertThat(most).isLessThanOrEqualTo(AT_A_TIME);
  }

  @Test
  void theFolderIsEmptyWhenAllPodsAreGone() {
    PodCatalog catalog = catalog(directory.resolve("metadata"));

    churn(catalog, 1_000);

    assertThat(catalog.entries()).isZero();
    assertThat(directory.resolve("metadata")).isEmptyDirectory();
  }

  private PodCatalog catalog(Path folder) {
    return new PodCatalog("worker-3", null, new PodFolder(folder, log, metrics), clock, metrics);
  }

  /// @return how many pods were known at most, after a sweep
  private int churn(PodCatalog catalog, int pods) {
    int most = 0;
    for (int i = 0; i < pods; i++) {
      catalog.namespacePresent(new NamespaceRecord("ns-" + i % 1_000, new byte[0], 0));
      catalog.present(pod(i));
      assertThat(catalog.lookup(container(i))).isNotNull();
      catalog.deleted(pod(i));
      catalog.drained(container(i));
      if (i % AT_A_TIME == 0) {
        clock.advance(PodCatalog.SHORTEST_STAY);
        catalog.sweep();
        most = Math.max(most, catalog.known());
      }
    }
    clock.advance(PodCatalog.SHORTEST_STAY);
    catalog.sweep();
    catalog.namespacesListing();
    catalog.namespacesListed();
    return most;
  }

  @Test
  void nothingStaysOfContainersThatAreKnownByTheirPathOrNotAtAll() {
    for (boolean enabled : List.of(true, false)) {
      Metadata metadata =
          new Metadata(
              new KubernetesConfig(
                  enabled,
                  null,
                  KubernetesConfig.DEFAULT_METADATA_WAIT,
                  UnknownPodPolicy.WAIT,
                  KubernetesConfig.DEFAULT_MAX_METADATA,
                  List.of(),
                  true),
              PolicyConfig.defaults(),
              "worker-3",
              null,
              directory.resolve("metadata"),
              clock,
              metrics,
              new Supervisor(clock, new RecordedExit()));
      Map<String, String> own = Map.of("longshore.dev/dataset", "jobs");
      for (int i = 0; i < PODS / 10; i++) {
        assertThat(metadata.lookup(container(i))).isNotNull();
        assertThat(
                metadata
                    .rules(container(i), new PodMetadata(i, true, new byte[] {' '}, own))
                    .dataset())
            .isEqualTo("jobs");
        metadata.drained(container(i));
      }
      assertThat(metadata.entries()).isZero();
    }
  }

  @Test
  void namespacesThatAreGoneInANewListAreForgotten() {
    PodCatalog catalog = catalog(directory.resolve("metadata"));
    for (int list = 0; list < 10; list++) {
      catalog.namespacesListing();
      for (int i = 0; i < 100; i++) {
        catalog.namespacePresent(new NamespaceRecord("preview-" + list + "-" + i, new byte[0], 0));
      }
      catalog.namespacesListed();
      assertThat(catalog.entries()).isEqualTo(100);
    }
  }

  @Test
  void aDatasetIsFreeWhenTheLastContainerThatHasItIsGone() {
    DataStreamQuota quota = new DataStreamQuota(2);
    assertThat(quota.take(container(1), "web")).isTrue();
    assertThat(quota.take(container(2), "web")).isTrue();
    assertThat(quota.take(container(3), "orders")).isTrue();
    assertThat(quota.take(container(4), "payments")).isFalse();
    quota.release(container(1));
    assertThat(quota.take(container(4), "payments")).isFalse();

    quota.release(container(2));

    assertThat(quota.take(container(4), "payments")).isTrue();
    assertThat(quota.take(container(3), "web")).as("orders is free, web is not taken").isTrue();
    assertThat(quota.datasets()).isEqualTo(2);
    quota.release(container(3));
    quota.release(container(4));
    assertThat(quota.entries()).isZero();
  }
}
