package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The logs of a pod that nobody has told of wait for an answer, and only one of the API server
/// counts.
class UnknownPodMetadataTest extends MetadataTestCase {
  @Test
  void aPodThatTheWatchHasNotToldOfIsAskedForAndItsFilesWaitSoLong() throws Exception {
    soon().until(() -> metadata.status().connected());
    relay.silence();
    Pod secret = create("secret-7d9f", "worker-3");

    assertThat(metadata.lookup(ref(secret)))
        .isInstanceOfSatisfying(
            Lookup.Unknown.class,
            unknown -> assertThat(unknown.longestWait()).isEqualTo(Lookup.FOREVER));
    assertThat(metadata.status().waitingPods())
        .extracting(MetadataStatus.WaitingPod::pod)
        .containsExactly("secret-7d9f");

    awaitKnown(ref(secret));
    assertThat(metadata.status().waitingPods()).isEmpty();
  }

  @Test
  void aPodThatTheApiServerDoesNotHaveShipsWithWhatItsPathSays() {
    ContainerRef gone =
        new ContainerRef("shop", "gone-1", "0d9b4ef1-33a4-4b0c-9f27-2f5ad2d0a6b1", "app");

    soon()
        .until(
            () ->
                metadata.lookup(gone) instanceof Lookup.Unknown unknown
                    && unknown.longestWait().isZero());
  }

  /// A gateway's page is not the API server's word that there is no such pod: the pod may be one
  /// whose logs are excluded.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          404 | <html>no such page</html>
          404 | {"kind":"Message","reason":"NotFound"}
          200 | {"message":"maintenance"}
          200 | {"kind":"Status","metadata":{},"status":"Success"}
          """)
  void whatSomethingInBetweenAnswersIsNoAnswer(int status, String body) {
    ContainerRef secret =
        new ContainerRef("shop", "secret-1", "0d9b4ef1-33a4-4b0c-9f27-2f5ad2d0a6b1", "app");
    soon().until(() -> metadata.status().connected());
    server.inBetween(status, body);
    assertThat(longestWait(secret)).isEqualTo(Lookup.FOREVER);
    double errors = apiErrors();
    soon().until(() -> apiErrors() > errors + 1);
    assertThat(longestWait(secret)).isEqualTo(Lookup.FOREVER);

    server.reached();
    soon().until(() -> longestWait(secret).isZero());
  }

  private double apiErrors() {
    return registry.get("longshore.agent.metadata.api.errors").counter().count();
  }

  @Test
  void withoutAnAnswerFilesWaitOrAreShippedAsConfigured() {
    ContainerRef unknown =
        new ContainerRef("shop", "new-1", "0d9b4ef1-33a4-4b0c-9f27-2f5ad2d0a6b1", "app");
    metadata.close();
    relay.away(true);

    metadata = started();
    soon().until(() -> metadata.status().lastError() != null);
    assertThat(longestWait(unknown)).isEqualTo(Lookup.FOREVER);
    metadata.close();

    unknownPods = UnknownPodPolicy.SHIP;
    metadata = started();
    soon().until(() -> metadata.status().lastError() != null);
    assertThat(longestWait(unknown)).isEqualTo(KubernetesConfig.DEFAULT_METADATA_WAIT);
  }

  private Duration longestWait(ContainerRef container) {
    return metadata.lookup(container) instanceof Lookup.Unknown unknown
        ? unknown.longestWait()
        : Duration.ZERO;
  }
}
