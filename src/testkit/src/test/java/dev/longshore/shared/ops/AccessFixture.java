package dev.longshore.shared.ops;

import at.favre.lib.crypto.bcrypt.BCrypt;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.tls.ClientTls;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.Surface;
import dev.longshore.shared.web.WebConfig;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A port with a route of each kind, and clients of it.
abstract class AccessFixture {
  static final Clock CLOCK = Clock.system();
  static final CertificateAuthority AUTHORITY = CertificateAuthority.create("CN=Clients", -30, 60);
  static final String JSON = "application/json";

  @TempDir Path folder;
  final List<AutoCloseable> open = new ArrayList<>();
  final ListAppender<ILoggingEvent> log = new ListAppender<>();
  String scheme = "http";
  HttpClient client = HttpClient.newHttpClient();
  @Nullable OpsServer server;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable it : open) {
      it.close();
    }
    client.close();
    ((Logger) LoggerFactory.getLogger("dev.longshore")).detachAppender(log);
    ((Logger) LoggerFactory.getLogger("dev.longshore.audit")).setLevel(null);
  }

  OpsServer serve(WebConfig web, ListenerConfig... listeners) throws IOException {
    log.start();
    Logger ours = (Logger) LoggerFactory.getLogger("dev.longshore");
    ours.addAppender(log);
    ((Logger) LoggerFactory.getLogger("dev.longshore.audit")).setLevel(Level.INFO);
    OpsServer made =
        new OpsServer(
                "api.listen",
                new OpsConfig("127.0.0.1", 0),
                CLOCK,
                new Supervisor(CLOCK, _ -> {}),
                new Meters(),
                List.of(),
                _ -> {})
            .access(
                new WebKeys(web, List.of(listeners)),
                List.of(URI.create("https://alerts.example.com")),
                "everybody who reaches this port may silence")
            .route(
                "/silence",
                Set.of("POST", "DELETE"),
                1 << 20,
                new Need(Surface.API, Role.SILENCE, true),
                request -> {
                  int bytes = request.body().length;
                  return OpsReply.text(200, request.caller().name() + " " + bytes)
                      .changing(Map.of("silence", "s1"));
                })
            .route(
                "/reload",
                Set.of("POST"),
                1 << 20,
                new Need(Surface.API, Role.ADMIN, false),
                _ -> OpsReply.text(200, "reloaded").changing(Map.of("change", "reload")))
            .route(
                "/large",
                Set.of("GET"),
                0,
                Need.read(Surface.API),
                _ ->
                    new OpsReply(
                        200,
                        "text/plain",
                        Map.of(),
                        out -> {
                          for (int i = 0; i < 100; i++) {
                            out.write("x".repeat(10_000).getBytes(StandardCharsets.US_ASCII));
                          }
                        }));
    open.add(made);
    made.start();
    server = made;
    return made;
  }

  static WebConfig web(@Nullable Path file) {
    return new WebConfig(file, List.of(), Roles.STANDARD, null, null, List.of());
  }

  Path webFile(String... lines) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), String.join("\n", lines) + "\n");
    return Files.move(
        next,
        folder.resolve("web.yml"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  static String user(String name, String password) {
    return "  " + name + ": " + BCrypt.withDefaults().hashToString(4, password.toCharArray());
  }

  HttpRequest.Builder request(String path) {
    if (server == null) {
      throw new IllegalStateException("nothing is served");
    }
    return HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + server.port() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  int status(String path, @Nullable String authorization) throws Exception {
    HttpRequest.Builder request = request(path);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return send(request).statusCode();
  }

  int silence(@Nullable String authorization) throws Exception {
    HttpRequest.Builder request =
        request("/silence").header("Content-Type", JSON).POST(BodyPublishers.ofString("{}"));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return send(request).statusCode();
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /// Sends a head as it is, and gives the answer's first line and the rest.
  String raw(String method, String path, String... headers) throws IOException {
    if (server == null) {
      throw new IllegalStateException("nothing is served");
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String head =
          method
              + " "
              + path
              + " HTTP/1.1\r\nConnection: close\r\n"
              + String.join("\r\n", headers)
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Map<Integer, Integer> guess(int first, int count) throws Exception {
    Map<Integer, Integer> answers = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      answers.merge(status("/status", basic("alice", "guess" + (first + i))), 1, Integer::sum);
    }
    return answers;
  }

  int statusAt(String url) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(url))).statusCode();
  }

  Path tlsFile(Certificates certificates, String... more) throws IOException {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "tls_server_config:",
                "  cert_file: " + certificates.certificateFile(),
                "  key_file: " + certificates.keyFile()));
    lines.addAll(List.of(more));
    return webFile(lines.toArray(String[]::new));
  }

  void connectWith(Path caFile, @Nullable Certificates own) {
    scheme = "https";
    client.close();
    ClientTls tls =
        ClientTls.of(
            Pem.ofFile("ca", caFile),
            own == null ? null : Pem.ofFile("certificate", own.certificateFile()),
            own == null ? null : Pem.ofFile("key", own.keyFile()),
            false,
            CLOCK);
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(tls.context())
            .build();
  }
}
