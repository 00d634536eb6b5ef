package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A pod is known from the first event until it is deleted and its files are shipped, across
/// restarts; its version tells each change of what is shipped.
class PodCatalogTest {
  private static final ContainerRef CHECKOUT =
      new ContainerRef(
          "shop", "checkout-7d9f8b6c5-x2x4z", "0d9b4ef1-5c6a-4a83-8d3e-6f0f1f0a2b3c", "checkout");
  private static final NamespaceRecord SHOP =
      new NamespaceRecord("shop", "{\"team\":\"payments\"}".getBytes(StandardCharsets.UTF_8), 0);

  @TempDir Path directory;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ManualClock clock = new ManualClock();
  private PodCatalog catalog;
  private PodRecord pod;

  @BeforeEach
  void open() throws IOException {
    catalog = restarted();
    pod = PodReaderTest.pod(PodReaderTest.CHECKOUT);
  }

  private PodCatalog restarted() {
    EnrichMetrics metrics = new EnrichMetrics(registry);
    RateLimitedLogger log =
        new RateLimitedLogger(
            LoggerFactory.getLogger(PodCatalogTest.class), clock, Duration.ofSeconds(10));
    PodCatalog fresh =
        new PodCatalog("worker-3", null, new PodFolder(directory, log, metrics), clock, metrics);
    fresh.load();
    return fresh;
  }

  private PodMetadata known(ContainerRef container) {
    return Objects.requireNonNull(catalog.lookup(container));
  }

  private static String fields(PodMetadata metadata) {
    return new String(metadata.fieldsJson(), StandardCharsets.UTF_8);
  }

  @Test
  void aPodIsKnownByItsUidAlone() {
    catalog.present(pod);

    assertThat(fields(known(CHECKOUT))).contains("\"deployment\":{\"name\":\"checkout\"}");
    assertThat(
            catalog.lookup(
                new ContainerRef("shop", "checkout-7d9f8b6c5-x2x4z", "another", "checkout")))
        .isNull();
  }

  @Test
  void theVersionChangesWithWhatIsShippedAndOnlyThen() throws IOException {
    catalog.namespacePresent(SHOP);
    catalog.present(pod);
    long first = known(CHECKOUT).version();

    catalog.present(PodReaderTest.pod(PodReaderTest.CHECKOUT.replace("\"Running\"", "\"Failed\"")));
    assertThat(known(CHECKOUT).version()).isEqualTo(first);

    catalog.present(PodReaderTest.pod(PodReaderTest.CHECKOUT.replace("4f2b", "9c3d")));
    long restarted = known(CHECKOUT).version();
    assertThat(restarted).isNotEqualTo(first);

    catalog.namespacePresent(
        new NamespaceRecord("shop", "{\"team\":\"core\"}".getBytes(StandardCharsets.UTF_8), 0));
    assertThat(known(CHECKOUT).version()).isNotEqualTo(restarted);
    assertThat(fields(known(CHECKOUT))).contains("\"team\":\"core\"");
  }

  @Test
  void aPodIsCompleteWithItsContainersIdAndItsNamespacesLabels() throws IOException {
    catalog.present(
        PodReaderTest.pod(PodReaderTest.CHECKOUT.replace("\"containerd://4f2b\"", "\"\"")));
    assertThat(known(CHECKOUT).complete()).isFalse();
    catalog.namespacePresent(SHOP);
    assertThat(known(CHECKOUT).complete()).isFalse();

    catalog.present(pod);

    assertThat(known(CHECKOUT).complete()).isTrue();
  }

  @Test
  void aDeletedPodIsKnownUntilItsFilesAreShipped() {
    catalog.present(pod);
    PodMetadata before = known(CHECKOUT);
    catalog.deleted(pod);
    clock.advance(Duration.ofHours(3));
    catalog.sweep();
    assertThat(known(CHECKOUT).fieldsJson()).isEqualTo(before.fieldsJson());

    catalog.drained(CHECKOUT);
    catalog.sweep();

    assertThat(catalog.lookup(CHECKOUT)).isNull();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void filesOfAPodThatWasJustDeletedMayStillBeFound() {
    catalog.present(pod);
    known(CHECKOUT);
    catalog.drained(CHECKOUT);
    catalog.deleted(pod);

    catalog.sweep();

    assertThat(catalog.lookup(CHECKOUT)).isNotNull();
  }

  @Test
  void aDrainedPodThatIsNotDeletedStays() {
    catalog.present(pod);
    known(CHECKOUT);
    catalog.drained(CHECKOUT);
    clock.advance(Duration.ofDays(30));

    catalog.sweep();

    assertThat(catalog.lookup(CHECKOUT)).isNotNull();
  }

  @Test
  void afterARestartPodsAreKnownFromDisk() {
    catalog.namespacePresent(SHOP);
    catalog.present(pod);
    PodMetadata before = known(CHECKOUT);

    catalog = restarted();

    assertThat(known(CHECKOUT)).isEqualTo(before);
  }

  @Test
  void aPodThatWentWhileTheAgentWasAwayIsKnownForAWeek() {
    catalog.present(pod);
    catalog = restarted();
    catalog.listing();
    catalog.listed();
    assertThat(catalog.gone()).isEqualTo(1);
    clock.advance(Duration.ofDays(6));
    catalog = restarted();
    catalog.sweep();
    assertThat(catalog.known()).isEqualTo(1);

    clock.advance(Duration.ofDays(1));
    catalog.sweep();

    assertThat(catalog.known()).isZero();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aBrokenListDeletesNothing() {
    catalog.present(pod);

    catalog.listing();
    catalog.listing();
    catalog.present(pod);
    catalog.listed();

    assertThat(catalog.gone()).isZero();
  }

  @Test
  void aStaticPodsNewMirrorAnswersForItsFiles() throws IOException {
    String mirror =
        """
        {"metadata":{"name":"etcd-cp-1","namespace":"kube-system","uid":"%s",
         "labels":{"tier":"control-plane"},
         "annotations":{"kubernetes.io/config.hash":"a1b2c3"}},"spec":{"nodeName":"worker-3"}}
        """;
    ContainerRef etcd = new ContainerRef("kube-system", "etcd-cp-1", "a1b2c3", "etcd");
    PodRecord first = PodReaderTest.pod(mirror.formatted("mirror-1"));
    catalog.present(first);
    assertThat(fields(known(etcd))).contains("\"uid\":\"mirror-1\"", "control-plane");

    catalog.deleted(first);
    catalog.present(PodReaderTest.pod(mirror.formatted("mirror-2")));

    assertThat(fields(known(etcd))).contains("\"uid\":\"mirror-2\"");
    assertThat(catalog.known()).isEqualTo(1);
    assertThat(catalog.gone()).isZero();
  }

  @Test
  void ofTooManyDeletedPodsTheOldestThatNobodyReadsAreForgotten() throws IOException {
    for (int i = 0; i < PodCatalog.MAX_GONE + 10; i++) {
      PodRecord job =
          PodReaderTest.pod(
              """
              {"metadata":{"name":"job-%d","namespace":"shop","uid":"uid-%d"},"spec":{}}
              """
                  .formatted(i, i));
      catalog.present(job);
      if (i == 0) {
        known(new ContainerRef("shop", "job-0", "uid-0", "main"));
      }
      catalog.deleted(job);
      clock.advance(Duration.ofSeconds(1));
    }

    catalog.sweep();

    assertThat(catalog.gone()).isEqualTo(PodCatalog.MAX_GONE);
    assertThat(catalog.lookup(new ContainerRef("shop", "job-0", "uid-0", "main"))).isNotNull();
    assertThat(catalog.lookup(new ContainerRef("shop", "job-1", "uid-1", "main"))).isNull();
    assertThat(registry.get("longshore.agent.metadata.forgotten.pods").counter().count())
        .isEqualTo(10);
  }
}
