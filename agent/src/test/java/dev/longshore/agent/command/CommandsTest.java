package dev.longshore.agent.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A command line that is wrong does nothing and is told what would be right; the exit code says
/// whether the ledger balances.
class CommandsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicInteger looks = new AtomicInteger();

  @TempDir Path folder;
  private HttpServer agent;
  private IntFunction<String> containers = _ -> "";
  private long bufferBytes;

  @BeforeEach
  void startAgent() throws IOException {
    agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.createContext(
        "/status",
        http -> {
          try (http) {
            byte[] page =
                """
                {"agent":{"node":"worker-3"},"buffer":{"payloadBytes":%d},"containers":[%s]}
                """
                    .formatted(bufferBytes, containers.apply(looks.incrementAndGet()))
                    .getBytes(StandardCharsets.UTF_8);
            http.sendResponseHeaders(200, page.length);
            http.getResponseBody().write(page);
          }
        });
    agent.start();
  }

  @AfterEach
  void stopAgent() {
    agent.stop(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "explain                          | NAMESPACE/POD is required",
        "explain shop/a shop/b            | unexpected argument 'shop/b'",
        "explain checkout                 | 'checkout' is not of the form NAMESPACE/POD",
        "explain a/b --url http://a:99999 | --url http://a:99999 is not of the form http://HOST:PORT",
        "migrate fluentbit none.conf      | unknown agent 'fluentbit'; expected one of: fluent-bit, filebeat, vector",
        "ledger checkout                  | 'checkout' is not of the form NAMESPACE/POD",
        "ledger --url localhost:9600      | --url localhost:9600 is not of the form http://HOST:PORT",
        "ledger --yaml                    | unknown option '--yaml'; expected one of: --http.config.file, --json, --url",
        "filter                           | --config FILE and a file of recorded lines are required",
        "top                              | option --config is required",
        "top --config x --since 1s        | --since 1s is no duration of a minute or more, such as 30m or 24h",
        "top --config x --sample 0        | --sample 0 is no number from 1 to 100000",
        "dead-letters                     | expected one of: export, list, replay",
        "dead-letters drop                | unknown command 'drop'; expected one of: export, list, replay",
        "dead-letters list                | option --config is required",
        "dead-letters list --to x         | unknown option '--to'; expected one of: --config, --limit, --namespace",
        "dead-letters list --config       | option --config requires a value",
        "dead-letters list --pod a --pod b | --pod is given twice",
        "dead-letters list --since monday | --since monday is neither a duration",
        "dead-letters list --since T      | --since T is neither a duration",
        "dead-letters list --limit 0      | --limit 0 is not a number above 0",
        "dead-letters replay --limit many | --limit many is not a number above 0"
      })
  void saysWhatIsWrongWithACommandLine(String line, String problem) throws Exception {
    assertThat(run(line.split(" ", -1))).isEqualTo(Commands.WRONG);

    assertThat(text(err)).contains("usage: longshore agent " + line.split(" ", -1)[0]);
    assertThat(text(err).lines().toList().getLast())
        .as("the problem is said last")
        .contains(problem);
    assertThat(text(out)).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithTheConfiguration() throws Exception {
    Path config = Files.writeString(folder.resolve("agent.yaml"), "bufer: {}\n");

    assertThat(run("dead-letters", "list", "--config", config.toString()))
        .isEqualTo(Commands.WRONG);

    assertThat(text(err)).contains("agent.yaml:1").contains("buffer");
  }

  @Test
  void printsTheVersionAndRevisionThatTheBuildWroteIntoTheJar() throws Exception {
    assertThat(run("--version")).isZero();

    assertThat(text(out)).matches("longshore agent \\d+\\.\\d+\\.\\d+\\S* \\(revision \\w+\\)\\R");
  }

  @Test
  void namesTheNearestCommandForATypo() throws Exception {
    assertThat(Commands.has("ledgr")).isTrue();
    assertThat(run("ledgr")).isEqualTo(Commands.WRONG);

    assertThat(text(err).strip())
        .isEqualTo("longshore agent: unknown command 'ledgr'; did you mean 'ledger'?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "explain", "ledger", "top", "dead-letters"})
  void helpsWithEachCommandAlone(String command) throws Exception {
    assertThat(run(command, "--help")).isZero();

    assertThat(text(out).lines())
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it).contains("longshore agent " + command));
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "--check"})
  void checksAConfigurationByEitherSpelling(String command) throws Exception {
    Path config = Files.writeString(folder.resolve("agent.yaml"), "cluster: {name: production}\n");

    assertThat(run(command, "--config", config.toString())).as(text(err)).isZero();

    assertThat(text(out)).contains("agent.yaml: configuration is valid");
  }

  @Test
  void certificatesThatCanNotBeUsedAreProblemsOfTheConfiguration() throws Exception {
    Certificates mine = Certificates.create();
    Certificates other = Certificates.create();
    Path config =
        Files.writeString(
            folder.resolve("agent.yaml"),
            "elasticsearch: {certFile: %s, keyFile: %s}"
                .formatted(mine.certificateFile(), other.keyFile()));

    assertThat(run("check", "--config", config.toString())).isEqualTo(Commands.WRONG);

    assertThat(text(out))
        .contains("agent.yaml: elasticsearch.keyFile " + other.keyFile())
        .contains("is not the private key of elasticsearch.certFile " + mine.certificateFile())
        .doesNotContain("configuration is valid");
  }

  @Test
  void printsItsUsageWhenAsked() throws Exception {
    assertThat(run("--help")).isZero();
    assertThat(text(out)).contains("dead-letters replay").contains("ledger");
  }

  @Test
  void saysWhereItLookedForAnAgent() throws Exception {
    String url = "http://127.0.0.1:" + FreePorts.one();

    assertThat(run("ledger", "--url", url)).isEqualTo(Commands.FAILED);

    assertThat(text(err)).contains("no agent answers at " + url);
  }

  /// A page of another server has no containers, and nothing of nothing would balance.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status\":\"success\"}",
        "[]",
        "null",
        "",
        "<html>Log in</html>",
        "{\"agent\":"
      })
  void aServerThatIsNoAgentIsNotTakenForOne(String answer) throws Exception {
    agent.removeContext("/status");
    agent.createContext("/status", http -> answer(http, 200, answer));

    for (String command : List.of("ledger", "explain shop/checkout")) {
      err.reset();
      List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
      words.addAll(List.of("--url", url()));
      assertThat(run(words.toArray(String[]::new))).isEqualTo(Commands.FAILED);
      assertThat(text(err))
          .contains(url() + "/status is answered by another server than an agent")
          .contains("--url http://HOST:PORT");
    }
    assertThat(text(out)).isEmpty();
  }

  @Test
  void aPageThatStandsBeforeTheAgentIsNamed() throws Exception {
    agent.removeContext("/status");
    agent.createContext(
        "/status",
        http -> {
          http.getResponseHeaders().add("Location", "https://login.example.com/");
          answer(http, 302, "");
        });

    assertThat(run("ledger", "--url", url())).isEqualTo(Commands.FAILED);

    assertThat(text(err))
        .contains(url() + "/status answers 302, which leads to https://login.example.com/");
  }

  @Test
  void anAnswerThatIsNotHttpIsToldWithTheAddress() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread ssh =
          Thread.startVirtualThread(
              () -> {
                try (Socket it = other.accept()) {
                  it.getOutputStream().write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      String url = "http://127.0.0.1:" + other.getLocalPort();

      assertThat(run("ledger", "--url", url)).isEqualTo(Commands.FAILED);

      assertThat(text(err)).contains(url + ": the answer is not HTTP");
      ssh.join();
    }
  }

  private static void answer(HttpExchange http, int status, String text) throws IOException {
    try (http) {
      byte[] body = text.getBytes(UTF_8);
      http.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      http.getResponseBody().write(body);
    }
  }

  @Test
  void aPlaceThatCanNotBeLookedAtHoldsNotNoDeadLetters() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("agent.yaml"),
            "buffer: {dir: buffer}\nelasticsearch: {urls: ['http://127.0.0.1:%d']}\n"
                .formatted(FreePorts.one()));

    assertThat(run("dead-letters", "list", "--config", config.toString()))
        .isEqualTo(Commands.FAILED);

    assertThat(text(out)).isEqualTo("0 dead letters (not every place could be looked at).\n");
  }

  @Test
  void noDocumentsAreNotConcludedFromWhatIsNoElasticsearch() throws Exception {
    agent.createContext("/", http -> answer(http, 200, "{\"status\":\"success\"}"));
    Path config =
        Files.writeString(
            folder.resolve("agent.yaml"), "elasticsearch: {urls: ['%s']}\n".formatted(url()));

    assertThat(run("top", "--config", config.toString())).isEqualTo(Commands.FAILED);

    assertThat(text(err)).contains("was not answered as Elasticsearch does");
    assertThat(text(out)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "filebeat   | ''                                          | : the file is empty",
        "filebeat   | 'output: {password: geheim\n  hosts: [a]\n' | : line 2: this is not YAML: ",
        "filebeat   | '- type: container'                         | : this is no configuration: it has no keys",
        "vector     | 'geheim'                                    | : this is no configuration: it has no keys",
        "fluent-bit | 'sources: [a'                               | : line 1: this is neither Fluent Bit's",
        "vector     | '[sources.k]'                               | : this is TOML"
      })
  void aFileThatIsNoConfigurationOfTheOtherAgentIsToldWithItsName(
      String from, String text, String problem) throws Exception {
    Path file = Files.writeString(folder.resolve("other.conf"), text);

    assertThat(run("migrate", from, file.toString())).isEqualTo(Commands.WRONG);

    assertThat(text(err)).startsWith(file + problem).doesNotContain("geheim");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void aFolderInPlaceOfAFileIsNamedAndAFileThatIsNotThere() throws Exception {
    assertThat(run("migrate", "vector", folder.toString())).isEqualTo(Commands.WRONG);

    assertThat(text(err)).contains(folder + " is a directory; name a file");

    Path config = Files.writeString(folder.resolve("agent.yaml"), "cluster: {name: production}");
    assertThat(run("filter", "--config", config.toString(), folder.toString()))
        .isEqualTo(Commands.WRONG);
    assertThat(text(err)).contains(folder + " is a directory; name a file of recorded lines");

    String none = folder.resolve("none").toString();
    assertThat(run("filter", "--config", config.toString(), none)).isEqualTo(Commands.WRONG);
    assertThat(run("migrate", "vector", none)).isEqualTo(Commands.WRONG);
    assertThat(text(err)).contains("no such file: " + none);
  }

  @Test
  void theLedgerAddsUpAndSaysThatItBalances() throws Exception {
    containers =
        _ ->
            container(
                    "checkout",
                    "\"read\":1000,\"readBytes\":100000,\"indexed\":990,\"filtered\":10")
                + ","
                + container(
                    "payment",
                    "\"recovered\":5,\"read\":20,\"readBytes\":2000,\"indexed\":10,\"duplicate\":5,"
                        + "\"deadLettered\":2,\"filtered\":3,\"buffered\":5,\"bufferedBytes\":500,"
                        + "\"lostBytes\":300");
    bufferBytes = 500;

    assertThat(ledger()).as(text(err)).isZero();

    assertThat(text(out).replaceAll(" +", " "))
        .contains("shop/checkout/app 0 1,000 990 0 0 10 0 0")
        .contains("shop/payment/app 5 20 10 5 2 3 5 300")
        .contains("all 5 1,020 1,000 5 2 13 5 300")
        .contains("LOST: 300 bytes were deleted before they were read, about 3 records")
        .contains("The ledger of node worker-3 balances");
    assertThat(looks).hasValue(1);
  }

  @Test
  void theLedgerNamesTheContainerWhoseBooksStayWrong() throws Exception {
    containers =
        _ ->
            container("checkout", "\"read\":3,\"indexed\":4,\"buffered\":-1")
                + ","
                + container("payment", "\"read\":1,\"indexed\":1");

    assertThat(ledger()).isEqualTo(Commands.FAILED);

    assertThat(looks).hasValue(LedgerCommand.LOOKS);
    assertThat(text(out))
        .containsPattern("shop/checkout/app .*NOT BALANCED")
        .contains("The ledger of node worker-3 does NOT balance: shop/checkout/app.");
    assertThat(run("ledger", "--url", url(), "shop/payment")).isZero();
    assertThat(run("ledger", "--url", url(), "shop/nothing")).isEqualTo(Commands.FAILED);
  }

  @Test
  void theLedgerSaysWhenTheBufferHoldsWhatNoContainerHas() throws Exception {
    containers = _ -> container("checkout", "\"read\":1,\"indexed\":1");
    bufferBytes = 4096;

    assertThat(ledger()).isEqualTo(Commands.FAILED);

    assertThat(text(out)).contains("does NOT balance: the buffer");
  }

  @Test
  void theLedgerLooksAgainAtAnAgentThatIsBusy() throws Exception {
    containers =
        look ->
            look < 3
                ? container("checkout", "\"read\":3,\"indexed\":4,\"buffered\":-1")
                : container("checkout", "\"read\":4,\"indexed\":4");

    assertThat(ledger()).isZero();

    assertThat(looks).hasValue(3);
  }

  private static String container(String pod, String books) {
    return """
        {"namespace":"shop","pod":"%s","podUid":"0d4b","container":"app",%s}\
        """
        .formatted(pod, books);
  }

  private String url() {
    return "http://127.0.0.1:" + agent.getAddress().getPort();
  }

  private int ledger() throws Exception {
    return run("ledger", "--url", url());
  }

  /// The clock passes whatever is slept.
  private int run(String... words) throws InterruptedException {
    out.reset();
    err.reset();
    ManualClock clock = new ManualClock();
    return new Commands(
            Map.of(),
            new dev.longshore.shared.clock.Clock() {
              @Override
              public long nanoTime() {
                return clock.nanoTime();
              }

              @Override
              public long epochMillis() {
                return clock.epochMillis();
              }

              @Override
              public void sleep(Duration duration) {
                clock.advance(duration);
              }
            },
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(List.of(words).stream().filter(word -> !word.isEmpty()).toList());
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
