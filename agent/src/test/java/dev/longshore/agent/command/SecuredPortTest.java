package dev.longshore.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.SecuredPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands that ask a running agent work at a port that wants TLS, a client's certificate and a
/// token, and say what is missing where they are not let in.
final class SecuredPortTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private SecuredPort port;

  @BeforeEach
  void serve() throws IOException {
    port =
        SecuredPort.in(
            folder,
            json -> {
              json.writeObjectFieldStart("agent");
              json.writeEndObject();
              json.writeArrayFieldStart("containers");
              json.writeEndArray();
            });
    port.server().start();
  }

  @AfterEach
  void close() {
    port.close();
  }

  private int run(List<String> words, String... httpConfig) throws Exception {
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Commands(Map.of(), Clock.system(), print, print)
        .run(port.command(words, httpConfig));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void explainAndLedgerAreLetIn() throws Exception {
    assertThat(run(List.of("explain", "shop/checkout"), SecuredPort.tls(), SecuredPort.TOKEN))
        .isEqualTo(Commands.FAILED);
    assertThat(said()).contains("shop/checkout").doesNotContain("401");
    assertThat(run(List.of("ledger"), SecuredPort.tls(), SecuredPort.TOKEN))
        .as(said())
        .isEqualTo(Commands.OK);
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertThat(run(List.of("explain", "shop/checkout"))).isEqualTo(Commands.FAILED);
    assertThat(said()).contains("say whom to trust with tls_config in --http.config.file");

    out.reset();
    assertThat(run(List.of("explain", "shop/checkout"), SecuredPort.tls()))
        .isEqualTo(Commands.FAILED);
    assertThat(said()).contains("answers 401", "say who you are with --http.config.file");

    out.reset();
    assertThat(
            run(
                List.of("explain", "shop/checkout"),
                "tls_config: {ca_file: gone.crt}",
                "basic: {}"))
        .isEqualTo(Commands.WRONG);
    assertThat(said()).contains("gone.crt does not exist", "basic");
  }
}
