package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.ops.StatusSource;
import dev.longshore.shared.ops.WebKeys;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.WebConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A product's port that wants TLS, a client's certificate and a token, and how a command is told
/// to reach it. Its files lie in one folder.
public final class SecuredPort implements AutoCloseable {
  /// What `--http.config.file` holds to show the token.
  public static final String TOKEN = "authorization: {credentials_file: token}";

  private static final CertificateAuthority AUTHORITY =
      CertificateAuthority.create("CN=Authority", 0, 2);

  private final Path folder;
  private final OpsServer server;

  private SecuredPort(Path folder, OpsServer server) {
    this.folder = folder;
    this.server = server;
  }

  /// The port, not listening yet.
  public static SecuredPort in(Path folder, StatusSource status) throws IOException {
    Clock clock = Clock.system();
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
    WebConfig web =
        new WebConfig(
            webFile,
            List.of(new WebConfig.TokenFile("script", token)),
            Roles.STANDARD,
            null,
            null,
            List.of());
    OpsServer server =
        new OpsServer(
                "listen",
                new OpsConfig("127.0.0.1", 0),
                clock,
                new Supervisor(clock, new RecordedExit()),
                new Meters(),
                List.of(),
                status)
            .access(new WebKeys(web, List.of()), List.of(), "");
    return new SecuredPort(folder, server);
  }

  /// For routes; [OpsServer#start] it afterwards.
  public OpsServer server() {
    return server;
  }

  /// The words of a command that asks at this port.
  ///
  /// @param httpConfig lines of the `--http.config.file`; with none it gets no such file
  public List<String> command(List<String> words, String... httpConfig) throws IOException {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--url", "https://localhost:" + server.port()));
    if (httpConfig.length > 0) {
      Path file =
          Files.writeString(folder.resolve("http.yaml"), String.join("\n", httpConfig) + "\n");
      all.addAll(List.of("--http.config.file", file.toString()));
    }
    return all;
  }

  /// What `--http.config.file` holds to trust the port, and to show it a client's certificate.
  public static String tls() {
    Certificates client = AUTHORITY.client("operator", 0, 2);
    return "tls_config: {ca_file: %s, cert_file: %s, key_file: %s}"
        .formatted(AUTHORITY.caFile(), client.certificateFile(), client.keyFile());
  }

  @Override
  public void close() {
    server.close();
  }
}
