package dev.longshore.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A library with a known vulnerability fails the build, without a network.
class AdvisoryListTest {
  private static final Path PROJECT = ProjectFolder.find();

  @TempDir Path folder;

  @Test
  void noLibraryOfAProductHasAKnownVulnerability() throws Exception {
    AdvisoryList list = AdvisoryList.read(AdvisoryList.file(PROJECT));

    assertThat(list.advisories()).isNotEmpty();
    assertThat(list.problems(VulnerabilitiesMain.all(PROJECT)))
        .as("take a version in which it is fixed, or accept it with a reason in advisories.json")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0.9, true",
    "1.2.12, true",
    "1.2.13-rc1, true",
    "1.2.13, false",
    "1.3.0-rc1, true",
    "1.4.9, true",
    "1.4.10, false",
    "1.10.0, false",
    "2.0-broken, true"
  })
  void comparesVersionsAsMavenDoes(String version, boolean affected) throws Exception {
    assertThat(list("").problems(List.of(parcel(version)))).hasSize(affected ? 1 : 0);
  }

  @Test
  void saysWhichLibraryWhyAndWhatMendsIt() throws Exception {
    assertThat(list("").problems(List.of(parcel("1.2.0"))))
        .containsExactly("org.example:parcel 1.2.0: GHSA-1, reads too much; fixed in [1.2.13]");
  }

  @Test
  void anotherLibraryOfTheSameNameIsNotMeant() throws Exception {
    Library other = new Library("com.example", "parcel", "1.2.0", List.of());

    assertThat(list("").problems(List.of(other))).isEmpty();
  }

  @Test
  void whatIsAcceptedNeedsAReasonAndSomethingThatItAccepts() throws Exception {
    String accepted = "{\"id\": \"GHSA-1\", \"reason\": \"the class is not used\"}";

    assertThat(list(accepted).problems(List.of(parcel("1.2.0")))).isEmpty();
    assertThat(list(accepted).problems(List.of(parcel("1.2.13"))))
        .containsExactly("GHSA-1 is accepted, but affects no library: take it out");
    assertThatThrownBy(() -> list("{\"id\": \"GHSA-1\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no reason");
  }

  @Test
  void takesEveryPageOfOsvAndWhatIsAcceptedStays() throws Exception {
    Path project = project();
    HttpServer server = server(200);
    try {
      VulnerabilitiesMain.refresh(project, client(server));
    } finally {
      server.stop(0);
    }

    AdvisoryList list = AdvisoryList.read(AdvisoryList.file(project));
    assertThat(list.advisories()).extracting(Advisory::id).containsExactly("GHSA-1", "GHSA-2");
    assertThat(list.accepted()).containsOnlyKeys("GHSA-0");
    assertThat(list.problems(List.of(parcel("1.2.0")))).hasSize(3);
  }

  @Test
  void leavesTheListAsItIsWhereOsvDoesNotAnswer() throws Exception {
    Path project = project();
    String before = Files.readString(AdvisoryList.file(project));
    HttpServer server = server(503);
    try {
      assertThatThrownBy(() -> VulnerabilitiesMain.refresh(project, client(server)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("answers 503");
    } finally {
      server.stop(0);
    }

    assertThat(AdvisoryList.file(project)).hasContent(before);
  }

  private static Library parcel(String version) {
    return new Library("org.example", "parcel", version, List.of("Apache-2.0"));
  }

  private AdvisoryList list(String accepted) throws IOException {
    return AdvisoryList.read(
        Files.writeString(
            folder.resolve("advisories.json"),
            """
            {"accepted": [%s], "advisories": [{"id": "GHSA-1", "summary": "reads too much", "affected": [
              {"package": {"ecosystem": "Maven", "name": "org.example:parcel"},
               "ranges": [{"type": "ECOSYSTEM", "events": [
                 {"introduced": "0"}, {"fixed": "1.2.13"}, {"introduced": "1.3.0-rc1"}, {"last_affected": "1.4.9"}]}],
               "versions": ["2.0-broken"]}]}]}
            """
                .formatted(accepted)));
  }

  /// A project whose products have one library.
  private Path project() throws IOException {
    for (String product : Library.PRODUCTS) {
      Path bill = Library.bill(folder, product);
      Files.createDirectories(bill.getParent());
      Files.writeString(
          bill,
          """
          {"components": [{"group": "org.example", "name": "parcel", "version": "1.2.0"}]}
          """);
    }
    Path file = AdvisoryList.file(folder);
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        {"accepted": [{"id": "GHSA-0", "reason": "not used"}], "advisories": []}
        """);
    return folder;
  }

  private static OsvClient client(HttpServer server) {
    return new OsvClient(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  /// OSV's API with two advisories, on two pages.
  private static HttpServer server(int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/",
        exchange -> {
          String asked =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String path = exchange.getRequestURI().getPath();
          String answer;
          if (!path.endsWith("querybatch")) {
            answer =
                """
                {"id": "%s", "details": "long", "affected": [
                  {"package": {"ecosystem": "Maven", "name": "org.example:parcel"},
                   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}], "versions": ["1.2.0"]},
                  {"package": {"ecosystem": "Maven", "name": "org.example:other"}}]}
                """
                    .formatted(path.substring(path.lastIndexOf('/') + 1));
          } else if (asked.contains("page_token")) {
            answer = "{\"results\": [{\"vulns\": [{\"id\": \"GHSA-2\"}]}]}";
          } else {
            answer =
                "{\"results\": [{\"vulns\": [{\"id\": \"GHSA-1\"}], \"next_page_token\": \"2\"}]}";
          }
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }
}
