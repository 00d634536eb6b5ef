package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A product that is started and one that is checked say by the same exit code that what the
/// configuration names can't be used: a certificate, or a routing.
final class ExitCodeE2E {
  private static final int WRONG = 2;

  @TempDir Path dir;

  @Test
  void aCertificateThatIsNotThereIsTheAgentsConfiguration() throws Exception {
    bothEndWith(
        "agent",
        """
        buffer: {dir: %s}
        ops: {listen: '127.0.0.1:0'}
        kubernetes: {enabled: false}
        elasticsearch: {urls: ['https://localhost:9'], certFile: none.pem, keyFile: none.pem}
        """
            .formatted(dir.resolve("buffer")),
        "none.pem does not exist");
  }

  @Test
  void aCertificateThatIsNotThereIsAlertingsConfiguration() throws Exception {
    bothEndWith(
        "alerting",
        """
        state: {dir: %s}
        api: {listen: '127.0.0.1:0'}
        prometheus: [{name: main, url: 'https://localhost:9', tls: {caFile: none.pem}}]
        """
            .formatted(dir.resolve("state")),
        "none.pem does not exist");
  }

  @Test
  void aCertificateForOtherReplicasThatIsNotThereIsAlertingsConfiguration() throws Exception {
    bothEndWith(
        "alerting",
        """
        api: {listen: '127.0.0.1:0'}
        state:
          postgres:
            url: postgresql://localhost:9/longshore
            username: longshore
            advertise: https://localhost:9093
            peers: {caFile: none.pem}
        """,
        "none.pem does not exist");
  }

  @Test
  void aRoutingThatIsBrokenIsAlertingsConfiguration() throws Exception {
    Files.writeString(dir.resolve("alertmanager.yml"), "route: {receiver: nobody}");
    bothEndWith(
        "alerting",
        """
        state: {dir: %s}
        api: {listen: '127.0.0.1:0'}
        routing: alertmanager.yml
        """
            .formatted(dir.resolve("state")),
        "there is no receiver 'nobody'");
  }

  private void bothEndWith(String product, String configuration, String reason) throws Exception {
    String file = Files.writeString(dir.resolve("product.yaml"), configuration).toString();
    for (List<String> words :
        List.of(List.of(product, "check", "--config", file), List.of(product, "--config", file))) {
      CommandLine.Result result =
          CommandLine.longshore(Duration.ofSeconds(60), Map.of(), words.toArray(String[]::new));
      assertThat(result.output())
          .as(String.join(" ", words))
          .contains(reason)
          .doesNotContain("stack_trace", "Exception");
      assertThat(result.exit()).as(result.output()).isEqualTo(WRONG);
    }
  }
}
