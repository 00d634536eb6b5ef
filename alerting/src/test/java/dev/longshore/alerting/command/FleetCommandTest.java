package dev.longshore.alerting.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The fleet in a terminal: 80 columns whatever nodes and problems are called, and an exit code for
/// scripts.
final class FleetCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final ManualClock clock = new ManualClock();
  private final Commands commands = new Commands(Map.of(), clock, print, print);
  private HttpServer server;
  private String page = "";

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/fleet",
        exchange -> {
          byte[] body = page.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int run(String... more) throws InterruptedException {
    out.reset();
    List<String> words = new ArrayList<>(List.of("fleet", "--url"));
    words.add("http://127.0.0.1:" + server.getAddress().getPort());
    words.addAll(List.of(more));
    return commands.run(words);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String node(String name, String state, Instant heard, String... problems) {
    return """
    {"cluster": "lab", "node": "%s", "state": "%s", "lastHeard": "%s", "problems": [%s],
     "kibana": "", "published": "%s", "behindSeconds": 2, "version": "0.1.0",
     "records": {"deadLettered": 1234567, "lostBytes": 123456789},
     "buffer": {"bytes": 12345678901, "records": 5}}"""
        .formatted(
            name,
            state,
            heard,
            problems.length == 0 ? "" : "\"" + String.join("\",\"", problems) + "\"",
            heard);
  }

  private static String fleet(String problem, String... nodes) {
    return """
    {"problem": "%s", "nodes": [%s], "leftOut": 0,
     "loudest": [{"namespace": "a-namespace-with-a-very-long-name", "service": "and-a-long-service",
       "bytesPerSecond": 123456789, "recordsPerSecond": 12345.6, "errorsPerMinute": 1234.5, "nodes": 110}],
     "erroneous": [],
     "errors": [{"fingerprint": "2:8f14e45fceea167a", "namespace": "shop", "service": "checkout",
       "type": "PaymentException", "image": "registry.example.com/shop/checkout:1.4-with-a-long-tag-0123456789abcdef",
       "firstSeen": "2026-11-23T05:59:00Z", "count": 123456, "nodes": 2}]}"""
        .formatted(problem, String.join(",", nodes));
  }

  @Test
  void aHealthyFleetFitsTheTerminalAndEndsWithSuccess() throws InterruptedException {
    page = fleet("", node("worker-" + "x".repeat(60), "ok", clock.now().minusSeconds(12)));

    assertThat(run()).isEqualTo(Commands.OK);

    assertThat(said().lines()).allMatch(line -> line.length() <= 80);
    assertThat(said())
        .startsWith("NODE ")
        .contains("worker-xxx", "…", "12 s", "11.5 GiB", "118 MiB", "1234k")
        .contains("LOUDEST", "NEWEST ERRORS", "2:8f14e45fceea167a")
        .contains("    PaymentException, since image registry.example.com/shop/checkout:1.4")
        .doesNotContain("null");
  }

  @Test
  void aSilentNodeIsSaidUnderItsNameAndIsAFailure() throws InterruptedException {
    page =
        fleet(
            "",
            node(
                "worker-2",
                "silent",
                clock.now().minusSeconds(840),
                "last heard 14 min ago: the agent or the node is down, or Elasticsearch is out of"
                    + " its reach"),
            node("worker-1", "ok", clock.now()));

    assertThat(run()).isEqualTo(Commands.FAILED);

    assertThat(said()).contains("  SILENT: last heard 14 min ago");
    assertThat(said().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void nothingKnownIsAFailureWithItsCause() throws InterruptedException {
    page = "{\"problem\": \"no Elasticsearch is configured\", \"nodes\": [], \"leftOut\": 0}";

    assertThat(run()).isEqualTo(Commands.FAILED);

    assertThat(said().strip()).isEqualTo("no Elasticsearch is configured");
  }

  @Test
  void theJsonIsThatOfTheApi() throws Exception {
    page = fleet("", node("worker-1", "ok", clock.now()));

    assertThat(run("--json")).isEqualTo(Commands.OK);

    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(said())).isEqualTo(json.readTree(page));
  }
}
