package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.web.HttpConfigFile;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.WebConfig;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A command gets through a port that wants a certificate of clients and a token or a password, by
/// the file that amtool takes.
final class HttpConfigFileTest extends AccessFixture {
  private static final String TOKEN = "0123456789abcdef";

  private HttpResponse<String> ask(HttpConfigFile file) throws Exception {
    URI page = request("/status").build().uri();
    try (HttpClient asking = file.client()) {
      return asking.send(file.request(page).build(), BodyHandlers.ofString());
    }
  }

  private HttpConfigFile file(String... lines) throws IOException {
    return HttpConfigFile.of(
        Files.writeString(folder.resolve("http.yml"), String.join("\n", lines) + "\n").toString());
  }

  @Test
  void aCertificateAndATokenGetThrough() throws Exception {
    Certificates own = AUTHORITY.client("operator", 0, 2);
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    serve(
        new WebConfig(
            tlsFile(
                AUTHORITY.server(0, 2),
                "  client_auth_type: RequireAndVerifyClientCert",
                "  client_ca_file: " + AUTHORITY.caFile()),
            List.of(new WebConfig.TokenFile("script", token)),
            Roles.STANDARD,
            null,
            null,
            List.of()));
    scheme = "https";
    String tls =
        "tls_config: {ca_file: %s, cert_file: %s, key_file: %s}"
            .formatted(AUTHORITY.caFile(), own.certificateFile(), own.keyFile());

    assertThat(ask(file(tls, "authorization: {credentials_file: token}")).body())
        .contains("\"name\" : \"script\"", "\"login\" : \"token\"");
    assertThat(ask(file(tls)).body()).contains("\"name\" : \"operator\"");
    assertThat(ask(file(tls, "authorization: {credentials: wrong-wrong-wrong}")).statusCode())
        .isEqualTo(401);
    assertThatThrownBy(() -> ask(file("tls_config: {ca_file: " + AUTHORITY.caFile() + "}")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ask(HttpConfigFile.NONE)).isInstanceOf(IOException.class);
  }

  @Test
  void aPasswordGetsThrough() throws Exception {
    serve(web(webFile("basic_auth_users:", user("alice", "a long password"))));
    Files.writeString(folder.resolve("password"), "a long password\n");

    assertThat(ask(file("basic_auth: {username: alice, password_file: password}")).body())
        .contains("\"name\" : \"alice\"");
    assertThat(ask(file("basic_auth: {username: alice, password: wrong}")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void allProblemsAreToldAtOnceAndNoSecret() {
    assertThatThrownBy(
            () ->
                file(
                    "basic_auth: {username: alice, password: hunter2, password_file: gone}",
                    "authorization: {credentials: hunter3}",
                    "oauth2: {client_id: a}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("password_file")
        .hasMessageContaining("authorization")
        .hasMessageContaining("oauth2")
        .hasMessageNotContaining("hunter");
  }
}
