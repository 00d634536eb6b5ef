package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import dev.longshore.shared.web.Network;
import dev.longshore.shared.web.ProxyLogin;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.Surface;
import dev.longshore.shared.web.WebConfig;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.io.OutputStream;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Who asks at a port is known before anything is answered, may do what its role says, and no page
/// of somebody else can act in its name.
final class AccessTest {
  private static final Clock CLOCK = Clock.system();
  private static final CertificateAuthority AUTHORITY =
      CertificateAuthority.create("CN=Clients", -30, 60);
  private static final String JSON = "application/json";

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private String scheme = "http";
  private HttpClient client = HttpClient.newHttpClient();
  private @Nullable OpsServer server;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable it : open) {
      it.close();
    }
    client.close();
    ((Logger) LoggerFactory.getLogger("dev.longshore")).detachAppender(log);
    ((Logger) LoggerFactory.getLogger("dev.longshore.audit")).setLevel(null);
  }

  private OpsServer serve(WebConfig web, ListenerConfig... listeners) throws IOException {
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

  private static WebConfig web(@Nullable Path file) {
    return new WebConfig(file, List.of(), Roles.STANDARD, null, null, List.of());
  }

  private Path webFile(String... lines) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), String.join("\n", lines) + "\n");
    return Files.move(
        next,
        folder.resolve("web.yml"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static String user(String name, String password) {
    return "  " + name + ": " + BCrypt.withDefaults().hashToString(4, password.toCharArray());
  }

  private HttpRequest.Builder request(String path) {
    if (server == null) {
      throw new IllegalStateException("nothing is served");
    }
    return HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + server.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private int status(String path, @Nullable String authorization) throws Exception {
    HttpRequest.Builder request = request(path);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return send(request).statusCode();
  }

  private int silence(@Nullable String authorization) throws Exception {
    HttpRequest.Builder request =
        request("/silence").header("Content-Type", JSON).POST(BodyPublishers.ofString("{}"));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return send(request).statusCode();
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /// Sends a head as it is, and gives the answer's first line and the rest.
  private String raw(String method, String path, String... headers) throws IOException {
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

  @Test
  void withoutConfigurationEverybodyMayDoEverythingAndThatIsSaid() throws Exception {
    serve(WebConfig.NONE);

    assertThat(silence(null)).isEqualTo(200);
    assertThat(send(request("/status")).body())
        .contains("\"login\" : false", "everybody who reaches this port may silence");
  }

  @Test
  void aPasswordLogsIn() throws Exception {
    serve(web(webFile("basic_auth_users:", user("alice", "a long password"))));

    HttpResponse<String> refused = send(request("/status"));
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Basic ");
    assertThat(status("/status", basic("alice", "wrong"))).isEqualTo(401);
    assertThat(status("/status", basic("bob", "a long password"))).isEqualTo(401);
    assertThat(status("/status", "Basic !!!")).isEqualTo(401);
    assertThat(status("/metrics", null)).isEqualTo(401);
    assertThat(status("/nowhere", null)).isEqualTo(401);
    HttpResponse<String> seen =
        send(request("/status").header("Authorization", basic("alice", "a long password")));
    assertThat(seen.body()).contains("\"login\" : true", "\"name\" : \"alice\"");
    assertThat(status("/healthz", null)).as("a probe can't log in").isEqualTo(200);
  }

  @Test
  void aPasswordIsReplacedWithoutARestart() throws Exception {
    serve(web(webFile("basic_auth_users:", user("alice", "the old password"))));
    assertThat(silence(basic("alice", "the old password"))).isEqualTo(200);

    webFile("basic_auth_users:", user("alice", "the new password"));

    assertThat(silence(basic("alice", "the new password"))).isEqualTo(200);
    assertThat(silence(basic("alice", "the old password"))).isEqualTo(401);
  }

  @Test
  void aFileThatIsEmptiedOrDamagedOpensNothing() throws Exception {
    Path file = webFile("basic_auth_users:", user("alice", "a long password"));
    serve(web(file));

    for (String content : List.of("", "basic_auth_users:\n  alice: plain\n", "}{")) {
      Files.writeString(file, content);
      assertThat(silence(null)).as(content).isEqualTo(401);
      assertThat(silence(basic("alice", "a long password"))).as(content).isEqualTo(200);
    }
    assertThat(
            send(request("/status").header("Authorization", basic("alice", "a long password")))
                .body())
        .contains("\"problem\" :");
  }

  @Test
  void aTokenIsReplacedWithoutARestart() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef-old\n");
    serve(
        new WebConfig(
            null,
            List.of(new WebConfig.TokenFile("prometheus", file)),
            Roles.STANDARD,
            null,
            null,
            List.of()));
    assertThat(silence("Bearer 0123456789abcdef-old")).isEqualTo(200);
    assertThat(silence("Bearer 0123456789abcdef-new")).isEqualTo(401);
    assertThat(silence(null)).isEqualTo(401);

    Files.writeString(file, "0123456789abcdef-newer\n");

    assertThat(silence("Bearer 0123456789abcdef-newer")).isEqualTo(200);
    assertThat(silence("Bearer 0123456789abcdef-old")).isEqualTo(401);
  }

  @Test
  void aRoleIncludesThoseBelowItAndNoMore() throws Exception {
    Path file =
        webFile(
            "basic_auth_users:",
            user("reader", "password-1"),
            user("oncall", "password-2"),
            user("boss", "password-3"),
            user("nobody", "password-4"));
    serve(
        new WebConfig(
            file,
            List.of(),
            new Roles(List.of("reader"), List.of("oncall"), List.of("boss")),
            null,
            null,
            List.of()));

    Map<String, List<Integer>> answers = new TreeMap<>();
    int i = 0;
    for (String name : List.of("reader", "oncall", "boss", "nobody")) {
      String login = basic(name, "password-" + ++i);
      answers.put(
          name,
          List.of(
              status("/status", login),
              silence(login),
              send(request("/reload").header("Authorization", login).POST(BodyPublishers.noBody()))
                  .statusCode()));
    }

    assertThat(answers)
        .containsEntry("reader", List.of(200, 403, 403))
        .containsEntry("oncall", List.of(200, 200, 403))
        .containsEntry("boss", List.of(200, 200, 200))
        .containsEntry("nobody", List.of(403, 403, 403));
  }

  @Test
  void theAnonymousHaveTheRoleThatTheyAreGiven() throws Exception {
    serve(
        new WebConfig(
            webFile("basic_auth_users:", user("alice", "a long password")),
            List.of(),
            Roles.STANDARD,
            Role.READ,
            null,
            List.of()));

    assertThat(status("/status", null)).isEqualTo(200);
    assertThat(silence(null)).isEqualTo(401);
  }

  @Test
  void aNameInAHeaderIsBelievedFromTheProxyAlone() throws Exception {
    ProxyLogin near = new ProxyLogin("X-Forwarded-User", List.of(Network.parse("127.0.0.0/8")));
    serve(new WebConfig(null, List.of(), Roles.STANDARD, null, near, List.of()));
    assertThat(raw("GET", "/status", "X-Forwarded-User: carol"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"carol\"");
    assertThat(raw("GET", "/status")).startsWith("HTTP/1.1 401 ");
    assertThat(raw("GET", "/status", "X-Forwarded-User: carol", "X-Forwarded-User: root"))
        .startsWith("HTTP/1.1 401 ");

    ProxyLogin far = new ProxyLogin("X-Forwarded-User", List.of(Network.parse("10.9.8.7")));
    serve(new WebConfig(null, List.of(), Roles.STANDARD, null, far, List.of()));
    assertThat(raw("GET", "/status", "X-Forwarded-User: carol")).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void aForeignHostIsRefusedButForProbesAndMetrics() throws Exception {
    serve(WebConfig.NONE);

    assertThat(raw("GET", "/status", "Host: evil.example"))
        .startsWith("HTTP/1.1 403 ")
        .contains("add the name to web.hosts");
    assertThat(raw("DELETE", "/silence", "Host: evil.example")).startsWith("HTTP/1.1 403 ");
    assertThat(raw("GET", "/healthz", "Host: node-1.example.com")).startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET", "/metrics", "Host: node-1.example.com")).startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET", "/status", "Host: 10.1.2.3:9093")).startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET", "/status", "Host: alerts.example.com")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aPageOfSomebodyElseChangesNothing() throws Exception {
    serve(WebConfig.NONE);
    String host = "Host: alerts.example.com";

    assertThat(raw("POST", "/reload", host, "Origin: https://evil.example"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(raw("POST", "/reload", host, "Origin: null")).startsWith("HTTP/1.1 403 ");
    assertThat(raw("POST", "/reload", host, "Sec-Fetch-Site: cross-site"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(raw("POST", "/reload", host, "Sec-Fetch-Site: same-site"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(
            raw(
                "POST",
                "/reload",
                host,
                "Sec-Fetch-Site: same-origin",
                "Origin: https://alerts.example.com"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(raw("POST", "/reload", host)).as("a script").startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET", "/status", host, "Sec-Fetch-Site: cross-site"))
        .as("a link in a chat")
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aFormIsNoJson() throws Exception {
    serve(WebConfig.NONE);

    for (String type :
        List.of("application/x-www-form-urlencoded", "text/plain", "multipart/form-data")) {
      HttpResponse<String> reply =
          send(
              request("/silence").header("Content-Type", type).POST(BodyPublishers.ofString("{}")));
      assertThat(reply.statusCode()).as(type).isEqualTo(415);
      assertThat(
              send(request("/reload")
                      .header("Content-Type", type)
                      .POST(BodyPublishers.ofString("a=b")))
                  .statusCode())
          .as(type)
          .isEqualTo(415);
    }
    assertThat(send(request("/silence").POST(BodyPublishers.ofString("{}"))).statusCode())
        .isEqualTo(415);
  }

  @Test
  void noOtherPageShowsOurs() throws Exception {
    serve(WebConfig.NONE);

    var headers = send(request("/status")).headers();

    assertThat(headers.firstValue("X-Frame-Options")).hasValue("DENY");
    assertThat(headers.firstValue("Content-Security-Policy")).hasValue("frame-ancestors 'none'");
    assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(headers.firstValue("Referrer-Policy")).hasValue("same-origin");
  }

  @Test
  void eachChangeIsALineWithWhoAndWhat() throws Exception {
    serve(web(webFile("basic_auth_users:", user("alice", "a long password"))));

    assertThat(silence(basic("alice", "a long password"))).isEqualTo(200);
    assertThat(silence(basic("alice", "wrong"))).isEqualTo(401);

    List<String> lines =
        log.list.stream()
            .filter(event -> event.getLoggerName().equals("dev.longshore.audit"))
            .map(event -> event.getFormattedMessage() + " " + event.getKeyValuePairs())
            .toList();
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .contains("user=\"alice\"", "login=\"password\"", "from=\"127.0.0.1\"", "silence=\"s1\"")
        .contains("method=\"POST\"", "path=\"/silence\"");
  }

  @Test
  void tenThousandGuessesFromOneAddressNeitherGetInNorKeepAnybodyOut() throws Exception {
    serve(
        web(
            webFile(
                "basic_auth_users:",
                "  alice: "
                    + BCrypt.withDefaults().hashToString(10, "a long password".toCharArray()))));
    String alice = basic("alice", "a long password");
    assertThat(status("/status", alice)).isEqualTo(200);

    Map<Integer, Integer> answers = new TreeMap<>();
    try (ExecutorService guessers = Executors.newFixedThreadPool(4)) {
      List<Callable<Map<Integer, Integer>>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int first = i * 2500;
        tasks.add(() -> guess(first, 2500));
      }
      List<Future<Map<Integer, Integer>>> running = new ArrayList<>();
      tasks.forEach(task -> running.add(guessers.submit(task)));
      while (!running.stream().allMatch(Future::isDone)) {
        assertThat(status("/healthz", null)).isEqualTo(200);
        assertThat(status("/status", alice)).as("who has logged in").isIn(200, 503);
      }
      for (Future<Map<Integer, Integer>> done : running) {
        done.get().forEach((status, count) -> answers.merge(status, count, Integer::sum));
      }
    }

    assertThat(answers).containsOnlyKeys(401, 429);
    assertThat(answers.get(401)).as("passwords that were checked").isLessThan(100);
    assertThat(status("/status", alice)).isEqualTo(200);
  }

  private Map<Integer, Integer> guess(int first, int count) throws Exception {
    Map<Integer, Integer> answers = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      answers.merge(status("/status", basic("alice", "guess" + (first + i))), 1, Integer::sum);
    }
    return answers;
  }

  @Test
  void partsOfWhatIsServedHaveListenersOfTheirOwn() throws Exception {
    OpsServer both =
        serve(
            web(webFile("basic_auth_users:", user("alice", "a long password"))),
            new ListenerConfig(
                new OpsConfig("127.0.0.1", 0), Set.of(Surface.PROBES, Surface.METRICS), null));

    String other = "http://127.0.0.1:" + both.port(1);
    assertThat(statusAt(other + "/metrics")).isEqualTo(200);
    assertThat(statusAt(other + "/healthz")).isEqualTo(200);
    assertThat(statusAt(other + "/status")).isEqualTo(404);
    assertThat(status("/metrics", basic("alice", "a long password"))).isEqualTo(404);
    assertThat(status("/status", basic("alice", "a long password"))).isEqualTo(200);
  }

  private int statusAt(String url) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(url))).statusCode();
  }

  private Path tlsFile(Certificates certificates, String... more) throws IOException {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "tls_server_config:",
                "  cert_file: " + certificates.certificateFile(),
                "  key_file: " + certificates.keyFile()));
    lines.addAll(List.of(more));
    return webFile(lines.toArray(String[]::new));
  }

  private void connectWith(Path caFile, @Nullable Certificates own) {
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

  @Test
  void speaksTlsForProbesLargeAnswersAndLargeBodies() throws Exception {
    serve(web(tlsFile(AUTHORITY.server(0, 2))));
    connectWith(AUTHORITY.caFile(), null);

    for (int i = 0; i < 3; i++) {
      assertThat(status("/healthz", null)).isEqualTo(200);
      assertThat(send(request("/large")).body()).hasSize(1_000_000);
      assertThat(
              send(request("/silence")
                      .header("Content-Type", JSON)
                      .header("X-Long", "y".repeat(9000))
                      .POST(BodyPublishers.ofByteArray(new byte[500_000])))
                  .body())
          .isEqualTo("null 500000\n");
    }
  }

  @Test
  void aHeadThatComesByteByByteInRecordsOfItsOwnIsAnswered() throws Exception {
    OpsServer made = serve(web(tlsFile(AUTHORITY.server(0, 2))));
    ClientTls tls = ClientTls.of(Pem.ofFile("ca", AUTHORITY.caFile()), null, null, false, CLOCK);

    try (SSLSocket socket =
        (SSLSocket) tls.context().getSocketFactory().createSocket("localhost", made.port())) {
      OutputStream out = socket.getOutputStream();
      for (byte one :
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII)) {
        out.write(one);
        out.flush();
      }
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .containsPattern("(?s)200 OK.*ok\n.*200 OK.*ok\n");
    }
  }

  @Test
  void whoSpeaksPlainHttpToAPortWithTlsIsTold() throws Exception {
    serve(web(tlsFile(AUTHORITY.server(0, 2))));

    assertThat(raw("GET", "/healthz", "Host: localhost"))
        .startsWith("HTTP/1.1 400 ")
        .contains("this port speaks HTTPS");
  }

  @Test
  void aCertificateIsReplacedWithoutARestart() throws Exception {
    CertificateAuthority next = CertificateAuthority.create("CN=Next", 0, 2);
    Certificates old = AUTHORITY.server(0, 2);
    Path certificate = Files.copy(old.certificateFile(), folder.resolve("tls.crt"));
    Path key = Files.copy(old.keyFile(), folder.resolve("tls.key"));
    serve(web(tlsFile(new Certificates(old.caFile(), certificate, key))));
    connectWith(AUTHORITY.caFile(), null);
    assertThat(status("/healthz", null)).isEqualTo(200);

    Certificates fresh = next.server(0, 2);
    Files.copy(fresh.certificateFile(), certificate, StandardCopyOption.REPLACE_EXISTING);
    connectWith(AUTHORITY.caFile(), null);
    assertThat(status("/healthz", null)).as("the key is still of the old one").isEqualTo(200);
    Files.copy(fresh.keyFile(), key, StandardCopyOption.REPLACE_EXISTING);

    connectWith(next.caFile(), null);
    assertThat(status("/healthz", null)).isEqualTo(200);
  }

  @Test
  void aClientsCertificateLogsInAndAnExpiredOneDoesNot() throws Exception {
    serve(
        web(
            tlsFile(
                AUTHORITY.server(0, 2),
                "  client_auth_type: RequireAndVerifyClientCert",
                "  client_ca_file: " + AUTHORITY.caFile())));

    connectWith(AUTHORITY.caFile(), AUTHORITY.client("prometheus", 0, 2));
    assertThat(send(request("/status")).body())
        .contains("\"name\" : \"prometheus\"", "\"login\" : \"certificate\"");

    connectWith(AUTHORITY.caFile(), null);
    assertThatThrownBy(() -> send(request("/status"))).isInstanceOf(IOException.class);

    connectWith(AUTHORITY.caFile(), AUTHORITY.client("prometheus", -20, 10));
    assertThatThrownBy(() -> send(request("/status"))).isInstanceOf(IOException.class);
    await()
        .untilAsserted(
            () ->
                assertThat(log.list)
                    .anySatisfy(
                        event ->
                            assertThat(event.getFormattedMessage() + event.getKeyValuePairs())
                                .contains("a TLS handshake failed", "from=")));

    connectWith(
        AUTHORITY.caFile(),
        CertificateAuthority.create("CN=Stranger", 0, 2).client("prometheus", 0, 2));
    assertThatThrownBy(() -> send(request("/status"))).isInstanceOf(IOException.class);
  }

  @Test
  void aCertificateThatNobodyCheckedNamesNobody() throws Exception {
    serve(
        new WebConfig(
            tlsFile(AUTHORITY.server(0, 2), "  client_auth_type: RequestClientCert"),
            List.of(
                new WebConfig.TokenFile(
                    "script", Files.writeString(folder.resolve("t"), "0123456789abcdef"))),
            Roles.STANDARD,
            null,
            null,
            List.of()));
    connectWith(
        AUTHORITY.caFile(), CertificateAuthority.create("CN=Stranger", 0, 2).client("root", 0, 2));

    assertThat(status("/status", null)).isEqualTo(401);
  }
}
