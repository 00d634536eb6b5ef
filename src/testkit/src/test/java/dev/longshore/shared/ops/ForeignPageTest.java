package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.web.WebConfig;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/// No page of somebody else can have a browser act at a port, or show it.
final class ForeignPageTest extends AccessFixture {
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
  void whatIsAskedIsTheMethodOfTheRequestLineAndNothingElse() throws Exception {
    serve(WebConfig.NONE);
    String host = "Host: localhost";

    for (String method : List.of("TRACE", "OPTIONS", "PUT", "CONNECT", "PROPFIND")) {
      assertThat(raw(method, "/status", host)).as(method).startsWith("HTTP/1.1 405 ");
    }
    assertThat(raw("GET", "/silence?_method=DELETE", host, "X-HTTP-Method-Override: DELETE"))
        .startsWith("HTTP/1.1 405 ");
    assertThat(raw("GET", "/status", host, "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET", "/status?callback=steal", host, "Range: bytes=0-1"))
        .startsWith("HTTP/1.1 200 ")
        .contains("Content-Type: application/json")
        .doesNotContain("steal");
  }

  @Test
  void aPathLeadsNowhereElseHoweverItIsWritten() throws Exception {
    serve(WebConfig.NONE);

    for (String path : List.of("/../status", "/%2e%2e/status", "/..%2fstatus", "//status")) {
      assertThat(raw("GET", path, "Host: localhost"))
          .as(path)
          .startsWith("HTTP/1.1 301 ")
          .containsIgnoringCase("\r\nLocation: /status\r\n");
    }
    assertThat(raw("GET", "//evil.example/status", "Host: localhost"))
        .startsWith("HTTP/1.1 301 ")
        .containsIgnoringCase("\r\nLocation: /evil.example/status\r\n");
    assertThat(raw("GET", "/%252e%252e/status", "Host: localhost")).startsWith("HTTP/1.1 404 ");
    for (String path : List.of("/a%0d%0aSet-Cookie:%20a=b", "//a%0d%0aSet-Cookie:%20a=b")) {
      assertThat(raw("GET", path, "Host: localhost")).as(path).doesNotContain("\r\nSet-Cookie");
    }
  }

  @Test
  void noAnswerAllowsAnotherOrigin() throws Exception {
    serve(WebConfig.NONE);

    assertThat(raw("GET", "/status", "Host: localhost", "Origin: https://evil.example"))
        .startsWith("HTTP/1.1 200 ")
        .doesNotContainIgnoringCase("access-control-allow");
  }
}
