package dev.longshore.alerting.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.ops.ListenerConfig;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.ops.WebKeys;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.Surface;
import dev.longshore.shared.web.WebConfig;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.RecordedExit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final Clock CLOCK = Clock.system();
  private static final CertificateAuthority AUTHORITY =
      CertificateAuthority.create("CN=Authority", 0, 2);

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private OpsServer server;

  @BeforeEach
  void serve() throws IOException {
    Certificates own = AUTHORITY.server(0, 2);
    Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
    Path webFile =
        Files.writeString(
            folder.resolve("web.yaml"),
            """
            tls_server_config:
              cert_file: %s
              key_file: %s
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: %s
            basic_auth_users:
              alice: $2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze
            """
                .formatted(own.certificateFile(), own.keyFile(), AUTHORITY.caFile()));
    server =
        new OpsServer(
                "listen",
                new OpsConfig("127.0.0.1", 0),
                CLOCK,
                new Supervisor(CLOCK, new RecordedExit()),
                new Meters(),
                List.of(),
                _ -> {})
            .access(
                new WebKeys(
                    new WebConfig(
                        webFile,
                        List.of(new WebConfig.TokenFile("script", token)),
                        Roles.STANDARD,
                        null,
                        null,
                        List.of()),
                    List.<ListenerConfig>of()),
                List.of(),
                "")
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
                        200,
                        "{\"alerts\":[],\"receivers\":[\"by " + request.caller().name() + "\"]}"));
    server.start();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private int run(List<String> words, String... httpConfig) throws Exception {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--url", "https://localhost:" + server.port()));
    if (httpConfig.length > 0) {
      Path file =
          Files.writeString(folder.resolve("http.yaml"), String.join("\n", httpConfig) + "\n");
      all.addAll(List.of("--http.config.file", file.toString()));
    }
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Commands(Map.of(), CLOCK, print, print).run(all);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String tls() {
    Certificates client = AUTHORITY.client("operator", 0, 2);
    return "tls_config: {ca_file: %s, cert_file: %s, key_file: %s}"
        .formatted(AUTHORITY.caFile(), client.certificateFile(), client.keyFile());
  }

  @Test
  void explainAndDrillAreLetIn() throws Exception {
    String token = "authorization: {credentials_file: token}";

    assertThat(run(List.of("explain", "DiskFull"), tls(), token)).isEqualTo(Commands.FAILED);
    assertThat(said()).contains("Nothing is known of DiskFull");
    assertThat(run(List.of("drill", "DiskFull"), tls(), token)).as(said()).isEqualTo(Commands.OK);
    assertThat(said()).contains("It goes to by script");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertThat(run(List.of("explain", "DiskFull"))).isEqualTo(Commands.FAILED);
    assertThat(said()).contains("say whom to trust with tls_config in --http.config.file");

    out.reset();
    assertThat(run(List.of("explain", "DiskFull"), tls())).isEqualTo(Commands.FAILED);
    assertThat(said()).contains("answers 401", "say who you are with --http.config.file");

    out.reset();
    assertThat(run(List.of("explain", "DiskFull"), "tls_config: {ca_file: gone.crt}", "basic: {}"))
        .isEqualTo(Commands.WRONG);
    assertThat(said()).contains("gone.crt does not exist", "basic");
  }
}
