package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.Supervisor;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The images' health check believes a 200 alone, and says what it saw otherwise.
class ProbeTest {

  @Test
  void saysNothingOfAProductThatAnswers() throws IOException {
    try (OpsServer server = started(Readiness.READY)) {
      assertThat(Probe.problem(at(server, "/healthz"))).isNull();
      assertThat(Probe.problem(at(server, "/readyz"))).isNull();
    }
  }

  @Test
  void saysWhichAnswerItGot() throws IOException {
    try (OpsServer server = started(Readiness.notReady("Elasticsearch is away"))) {
      assertThat(Probe.problem(at(server, "/readyz"))).endsWith("/readyz answers 503");
    }
  }

  @Test
  void saysThatNobodyAnswers() {
    assertThat(Probe.problem(URI.create("http://127.0.0.1:1/healthz")))
        .startsWith("http://127.0.0.1:1/healthz does not answer: ");
  }

  private static URI at(OpsServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private static OpsServer started(Readiness readiness) throws IOException {
    OpsServer server =
        new OpsServer(
            "ops.listen",
            new OpsConfig("127.0.0.1", 0),
            Clock.system(),
            new Supervisor(Clock.system(), _ -> {}),
            new Meters(),
            List.of(new ReadinessCheck("elasticsearch", () -> readiness)),
            json -> {});
    server.start();
    return server;
  }
}
