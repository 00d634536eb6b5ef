package dev.longshore.alerting.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every command line has.
final class CommandsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final Commands commands = new Commands(Map.of(), new ManualClock(), print, print);

  @Test
  void theVersionAndTheRevisionArePrinted() throws InterruptedException {
    assertThat(Commands.has("--version")).isTrue();
    assertThat(commands.run(List.of("--version"))).isEqualTo(Commands.OK);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .matches("longshore alerting \\S+ \\(revision \\S+\\)\n");
  }

  @Test
  void theProblemIsSaidLastAfterTheUsageOfThatCommandAlone() throws InterruptedException {
    assertThat(commands.run(List.of("drill", "--speed", "2"))).isEqualTo(Commands.WRONG);

    assertThat(out.toString(StandardCharsets.UTF_8).lines().toList())
        .hasSizeLessThan(6)
        .first()
        .asString()
        .startsWith("usage: longshore alerting drill RULE");
    assertThat(out.toString(StandardCharsets.UTF_8).lines().toList().getLast())
        .startsWith("longshore alerting drill: unknown option '--speed'");
  }

  @Test
  void aDurationThatIsNoneIsSaidBeforeAnybodyIsAsked() throws InterruptedException {
    assertThat(commands.run(List.of("drill", "DiskFull", "--for", "long")))
        .isEqualTo(Commands.WRONG);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("longshore alerting drill: --for: ");
  }

  @Test
  void theNearestCommandIsNamedForATypo() throws InterruptedException {
    assertThat(Commands.has("explian")).isTrue();
    assertThat(commands.run(List.of("explian", "DiskFull"))).isEqualTo(Commands.WRONG);

    assertThat(out.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo("longshore alerting: unknown command 'explian'; did you mean 'explain'?");
  }

  @Test
  void eachCommandHasHelpOfItsOwn() throws InterruptedException {
    for (String command : List.of("check", "explain", "drill", "fleet")) {
      out.reset();
      assertThat(commands.run(List.of(command, "--help"))).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8))
          .startsWith("usage: longshore alerting " + command);
    }
  }

  /// Of an answer without groups and receivers, a drill would say that it is on its way.
  @ParameterizedTest
  @ValueSource(strings = {"{\"status\":\"success\"}", "[]", "null", "", "<html>Log in</html>"})
  void aServerThatIsNotAlertingIsNotTakenForIt(String answer) throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    other.start();
    try {
      String url = "http://127.0.0.1:" + other.getAddress().getPort();
      for (List<String> command :
          List.of(List.of("drill", "DiskFull"), List.of("explain", "DiskFull"), List.of("fleet"))) {
        out.reset();
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of("--url", url));
        assertThat(commands.run(words)).isEqualTo(Commands.FAILED);
        assertThat(out.toString(StandardCharsets.UTF_8))
            .contains(url + "/" + command.getFirst())
            .contains("is answered by another server than alerting")
            .contains("--url http://HOST:PORT");
      }
    } finally {
      other.stop(0);
    }
  }

  @Test
  void aPortWithoutThePathIsToldToBeAnother() throws Exception {
    HttpServer agent =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.start();
    try {
      String url = "http://127.0.0.1:" + agent.getAddress().getPort();
      assertThat(commands.run(List.of("explain", "DiskFull", "--url", url)))
          .isEqualTo(Commands.FAILED);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("answers 404", "name the address of alerting with --url http://HOST:PORT");
    } finally {
      agent.stop(0);
    }
  }
}
