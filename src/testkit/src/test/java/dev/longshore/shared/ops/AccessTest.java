package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.longshore.shared.web.Network;
import dev.longshore.shared.web.ProxyLogin;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.Surface;
import dev.longshore.shared.web.WebConfig;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Who asks at a port is known before anything is answered, and may do what its role says.
final class AccessTest extends AccessFixture {
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

  @Test
  void aHashOfEachVersionOfBcryptIsTaken() throws Exception {
    String hash = user("alice", "a long password").replaceAll("^.*\\$2[abxy]\\$", "");
    serve(
        web(
            webFile(
                "basic_auth_users:", "  a: $2a$" + hash, "  b: $2b$" + hash, "  y: $2y$" + hash)));

    for (String name : List.of("a", "b", "y")) {
      assertThat(status("/status", basic(name, "a long password"))).as(name).isEqualTo(200);
      assertThat(status("/status", basic(name, "another"))).as(name).isEqualTo(401);
    }
  }

  @Test
  void aPasswordOfMoreThan72BytesLogsInAsElsewhere() throws Exception {
    String most = "0123456789ab".repeat(6);
    serve(web(webFile("basic_auth_users:", user("alice", most))));

    assertThat(status("/status", basic("alice", most + " and more"))).isEqualTo(200);
    assertThat(status("/status", basic("alice", most.substring(1)))).isEqualTo(401);
    assertThat(status("/status", basic("alice", ""))).isEqualTo(401);
  }

  @Test
  void headersOfProxiesMeanNothingWhereNoneIsConfigured() throws Exception {
    serve(web(webFile("basic_auth_users:", user("alice", "a long password"))));

    assertThat(
            raw(
                "GET",
                "/status",
                "Host: localhost",
                "X-Forwarded-User: alice",
                "X-Forwarded-For: 127.0.0.1",
                "Forwarded: for=127.0.0.1",
                "X-Forwarded-Host: localhost"))
        .startsWith("HTTP/1.1 401 ");
    assertThat(guess(0, 30)).as("one address, whatever it says of itself").containsKey(429);
  }
}
