package dev.longshore.alerting.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Surface;
import dev.longshore.testkit.SecuredPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands that ask a running alerting work at a port that wants TLS, a client's certificate and a
/// token, and say what is missing where they are not let in.
final class SecuredPortTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private SecuredPort port;

  @BeforeEach
  void serve() throws IOException {
    port = SecuredPort.in(folder, _ -> {});
    port.server()
        .route(
            "/explain",
            Set.of("GET"),
            0,
            Need.read(Surface.PAGE),
            _ -> OpsReply.text(200, "{\"rules\":[],\"alerts\":[]}"))
        .route(
            "/drill",
            Set.of("POST"),
            1 << 20,
            new Need(Surface.API, Role.ADMIN, true),
            request ->
                OpsReply.text(
                    200, "{\"alerts\":[],\"receivers\":[\"by " + request.caller().name() + "\"]}"));
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
  void explainAndDrillAreLetIn() throws Exception {
    assertThat(run(List.of("explain", "DiskFull"), SecuredPort.tls(), SecuredPort.TOKEN))
        .isEqualTo(Commands.FAILED);
    assertThat(said()).contains("Nothing is known of DiskFull");
    assertThat(run(List.of("drill", "DiskFull"), SecuredPort.tls(), SecuredPort.TOKEN))
        .as(said())
        .isEqualTo(Commands.OK);
    assertThat(said()).contains("It goes to by script");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertThat(run(List.of("explain", "DiskFull"))).isEqualTo(Commands.FAILED);
    assertThat(said()).contains("say whom to trust with tls_config in --http.config.file");

    out.reset();
    assertThat(run(List.of("explain", "DiskFull"), SecuredPort.tls())).isEqualTo(Commands.FAILED);
    assertThat(said()).contains("answers 401", "say who you are with --http.config.file");

    out.reset();
    assertThat(run(List.of("explain", "DiskFull"), "tls_config: {ca_file: gone.crt}", "basic: {}"))
        .isEqualTo(Commands.WRONG);
    assertThat(said()).contains("gone.crt does not exist", "basic");
  }
}
