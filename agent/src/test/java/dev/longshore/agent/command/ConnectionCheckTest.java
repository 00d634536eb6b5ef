package dev.longshore.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `check --connect` says of each part that the agent needs whether it is there, in words, and
/// changes nothing.
class ConnectionCheckTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private String privileges = "{\"cluster\":{},\"index\":{}}";
  private int templateStatus = 404;
  private int healthStatus = 200;
  private String health = "{\"status\":\"green\"}";
  private String root = "{\"version\":{\"number\":\"8.19.21\"}}";

  @TempDir Path folder;
  private HttpServer elasticsearch;

  @BeforeEach
  void startElasticsearch() throws IOException {
    elasticsearch =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elasticsearch.createContext(
        "/",
        http -> {
          try (http) {
            assertThat(http.getRequestMethod()).isIn("GET", "POST");
            String path = http.getRequestURI().getPath();
            boolean template = path.startsWith("/_index_template/");
            String answer =
                path.equals("/_cluster/health")
                    ? health
                    : path.equals("/_security/user/_has_privileges")
                        ? privileges
                        : path.equals("/") ? root : "{}";
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            boolean health = path.equals("/_cluster/health");
            http.sendResponseHeaders(
                template ? templateStatus : health ? healthStatus : 200, body.length);
            http.getResponseBody().write(body);
          }
        });
    elasticsearch.start();
    Path log = folder.resolve("pods/shop_checkout-7d9f_0f1e/app/0.log");
    Files.createDirectories(log.getParent());
    Files.writeString(log, "");
  }

  @AfterEach
  void stopElasticsearch() {
    elasticsearch.stop(0);
  }

  @Test
  void saysThatEveryPartIsThere() throws Exception {
    assertThat(check(elasticsearch.getAddress().getPort(), "1MiB", "*")).as(said()).isZero();

    assertThat(said())
        .contains("answers, cluster health is green")
        .contains("ok      privileges")
        .contains("is not installed; the agent installs it")
        .contains("ok      buffer")
        .contains("matches 1, all readable")
        .doesNotContain("FAILED");
  }

  @Test
  void aServerWithoutAHealthOfTheClusterAnswersAllTheSame() throws Exception {
    healthStatus = 410;
    health = "{\"error\":{\"type\":\"api_not_available_exception\"},\"status\":410}";

    assertThat(check(elasticsearch.getAddress().getPort(), "1MiB", "*")).as(said()).isZero();

    assertThat(said()).contains("answers and accepts the login").doesNotContain("FAILED");
  }

  /// Prometheus and login pages answer 200 too; nothing of them is Elasticsearch's.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | {\"status\":\"success\",\"data\":{}}",
        "200 | <html>Log in</html>",
        "200 | ''",
        "200 | [1]",
        "403 | <html>403 Forbidden</html>"
      })
  void aServerThatIsNotElasticsearchIsNotTakenForOne(int status, String answer) throws Exception {
    healthStatus = status;
    health = answer;

    assertThat(check(elasticsearch.getAddress().getPort(), "1MiB", "*")).isEqualTo(Commands.FAILED);

    assertThat(said())
        .containsPattern("FAILED  elasticsearch: .* answers, but not as Elasticsearch does")
        .doesNotContain("privileges", "index template");
  }

  @Test
  void anElasticsearchThatIsTooOldIsToldBeforeAnythingIsShipped() throws Exception {
    root = "{\"version\":{\"number\":\"7.17.3\"}}";

    assertThat(check(elasticsearch.getAddress().getPort(), "1MiB", "*")).isEqualTo(Commands.FAILED);

    assertThat(said())
        .contains("FAILED  elasticsearch: it is version 7.17.3; 8.0 or newer is required");
  }

  @Test
  void privilegesThatNobodyTellsOfAreNotThere() throws Exception {
    privileges = "{\"status\":\"success\"}";

    assertThat(check(elasticsearch.getAddress().getPort(), "1MiB", "*")).isEqualTo(Commands.FAILED);

    assertThat(said()).containsPattern("FAILED  privileges: .*was not answered as Elasticsearch");
  }

  @Test
  void aBufferBelowAFileIsNone() throws Exception {
    Files.writeString(folder.resolve("state"), "");

    assertThat(check(elasticsearch.getAddress().getPort(), "1MiB", "*")).isEqualTo(Commands.FAILED);

    assertThat(said())
        .contains(
            "FAILED  buffer: " + folder.resolve("state") + " is a file; buffer.dir is a folder");
  }

  @Test
  void namesEachPrivilegeThatIsMissing() throws Exception {
    privileges =
        "{\"cluster\":{\"manage_index_templates\":false},"
            + "\"index\":{\"longshore-watermarks\":{\"index\":false,\"read\":true}}}";

    assertThat(check(elasticsearch.getAddress().getPort(), "1MiB", "*")).isEqualTo(Commands.FAILED);

    assertThat(said())
        .contains(
            "FAILED  privileges: missing manage_index_templates on the cluster,"
                + " index on longshore-watermarks");
  }

  @Test
  void saysWhatIsWrongInWordsAndGoesOnWithTheOtherParts() throws Exception {
    assertThat(check(FreePorts.one(), "16TiB", "absent")).isEqualTo(Commands.FAILED);

    assertThat(said())
        .containsPattern("FAILED  elasticsearch: .*refused")
        .contains("buffer.minFree is 16TiB: reading would pause")
        .contains("no such file: ")
        .doesNotContain("null", "Exception");
  }

  private int check(int port, String minFree, String pods) throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("agent.yaml"),
            """
            tail:
              paths: ["%s/pods/%s/*/*.log"]
            buffer:
              dir: %s
              minFree: %s
            elasticsearch:
              urls: ["http://127.0.0.1:%d"]
            """
                .formatted(folder, pods, folder.resolve("state/buffer"), minFree, port));
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Commands(Map.of(), new ManualClock(), print, print)
        .run(List.of("check", "--connect", "--config", config.toString()));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
