package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/// The images under test, which may still be built while other tests run: the file that
/// `LONGSHORE_E2E_IMAGES_BUILT` names says by 0 that the cluster's node has them, and by another
/// number that they could not be built. Without that variable they are there.
final class BuiltImages {
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private BuiltImages() {}

  /// Waits until the node has them.
  static void await() throws IOException {
    String name = System.getenv("LONGSHORE_E2E_IMAGES_BUILT");
    if (name == null) {
      return;
    }
    Path built = Path.of(name);
    Awaitility.await(name)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> Files.exists(built));
    assertThat(Files.readString(built).strip())
        .as("how the build of the images ended; its log is target/images.log")
        .isEqualTo("0");
  }
}
