package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Surface;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An address with slashes and dots that say nothing leads where a Go server takes it; what is
/// posted there is not lost in a redirect.
final class CleanPathTest {
  private static final Need READ = Need.read(Surface.STATUS);

  private final OpsServer server =
      new OpsServer(
          "ops.listen",
          new OpsConfig("127.0.0.1", 0),
          Clock.system(),
          new Supervisor(Clock.system(), _ -> {}),
          new Meters(),
          List.of(),
          _ -> {});

  @BeforeEach
  void start() throws IOException {
    server
        .route(
            "/api/alerts",
            Set.of("GET", "POST"),
            1024,
            new Need(Surface.API, Role.ADMIN, true),
            CleanPathTest::echo)
        .route("/api/silence/", Set.of("GET"), 0, READ, CleanPathTest::echo)
        .route("/notes", Set.of("GET"), 0, READ, CleanPathTest::echo)
        .route("/notes/", Set.of("DELETE"), 0, READ, CleanPathTest::echo)
        .route("/", Set.of("GET"), 0, READ, _ -> OpsReply.text(404, "no such page"))
        .start();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static OpsReply echo(OpsRequest request) throws IOException {
    return OpsReply.text(
        200, request.path() + " " + new String(request.body(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b, /a/b",
    "/a/b/, /a/b/",
    "//, /",
    "//a///b, /a/b",
    "/a//, /a/",
    "/./a/./b, /a/b",
    "/a/., /a",
    "/a/./, /a/",
    "/a/../b, /b",
    "/../../b, /b",
    "/.., /",
    "/a/.b/..c, /a/.b/..c",
  })
  void pathsAreCleaned(String path, String clean) {
    assertThat(CleanPath.of(path)).isEqualTo(clean);
  }

  @Test
  void aSlashAtTheEndIsLeftOutWhereNothingElseIsThere() throws IOException {
    assertThat(get("/api/alerts/")).startsWith("HTTP/1.1 200").contains("\n/api/alerts ");
    assertThat(get("/api/alerts/?a=b")).startsWith("HTTP/1.1 200");
    assertThat(get("/api/silence/7f3e/")).contains("\n/api/silence/7f3e ");
    assertThat(get("/notes/")).as("only DELETE is below it").contains("\n/notes ");
    assertThat(get("/healthz/")).startsWith("HTTP/1.1 200");
    assertThat(post("/api/alerts/")).contains("\n/api/alerts hello");
  }

  @Test
  void whoLooksIsSentToTheCleanPath() throws IOException {
    assertThat(get("//api//alerts?filter=a%3Db"))
        .startsWith("HTTP/1.1 301 Moved Permanently\r\n")
        .contains("Location: /api/alerts?filter=a%3Db\r\n");
    assertThat(get("/api/./x/../alerts")).contains("Location: /api/alerts\r\n");
    assertThat(get("//healthz")).contains("Location: /healthz\r\n");
  }

  @Test
  void nobodyIsSentToAnotherHostNorPastTheHeader() throws IOException {
    assertThat(get("//shop.example/a")).contains("Location: /shop.example/a\r\n");
    assertThat(get("/.//shop.example/a")).contains("Location: /shop.example/a\r\n");
    assertThat(get("//a%0d%0aSet-Cookie:%20x=y%3fz"))
        .contains("Location: /a%0D%0ASet-Cookie:%20x=y%3Fz\r\n")
        .doesNotContain("\r\nSet-Cookie");
  }

  @Test
  void whatIsPostedIsTakenAtTheCleanPath() throws IOException {
    assertThat(post("//api/./alerts")).contains("\n/api/alerts hello");
  }

  private String get(String target) throws IOException {
    return answer("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }

  private String post(String target) throws IOException {
    return answer(
        "POST "
            + target
            + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + "Content-Length: 5\r\n\r\nhello");
  }

  private String answer(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
