package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A head is read as people's scripts write it, and refused where two servers could read it in two
/// ways.
class RequestHeadTest {

  @Test
  void takesRawQuotesBarsAndUtf8InTheTarget() throws Exception {
    RequestHead head =
        parse("GET /api/v2/größe?filter=severity=\"page|info\" HTTP/1.1\r\nHost: a\r\n\r\n");

    assertThat(head.path()).isEqualTo("/api/v2/größe");
    assertThat(head.query()).isEqualTo("filter=severity=\"page|info\"");
  }

  @Test
  void decodesThePathAndLeavesTheQuery() throws Exception {
    RequestHead head = parse("GET http://node:9600/a%20b+c?d=%20+ HTTP/1.1\r\n\r\n");

    assertThat(head.path()).isEqualTo("/a b+c");
    assertThat(head.query()).isEqualTo("d=%20+");
  }

  @Test
  void thePathOfAWholeUrlEndsWhereItsQueryBegins() throws Exception {
    RequestHead head = parse("POST http://node:9093?next=/-/reload HTTP/1.1\r\n\r\n");

    assertThat(head.path()).isEqualTo("/");
    assertThat(head.query()).isEqualTo("next=/-/reload");
    assertThat(parse("GET HTTP://node HTTP/1.1\r\n\r\n").path()).isEqualTo("/");
  }

  @Test
  void theHostOfAWholeUrlGoesBeforeTheHeader() throws Exception {
    RequestHead head =
        parse("GET http://evil.example:9093/a HTTP/1.1\r\nHost: 127.0.0.1:9093\r\n\r\n");

    assertThat(head.header("host")).isEqualTo("evil.example:9093");
  }

  @Test
  void takesLinesThatEndWithALineFeedAlone() throws Exception {
    String text = "\r\nGET / HTTP/1.0\nConnection: keep-alive\n\nGET";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int end = RequestHead.end(bytes, 0, bytes.length);

    assertThat(text.substring(end)).isEqualTo("GET");
    assertThat(RequestHead.parse(bytes, end).keepAlive()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: +3\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nAuthorization: a\r\nauthorization: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rOrigin: b\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\u0000b\r\n\r\n",
        "GET /a\u001bb HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nX Y: a\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n\r\n",
        "GET * HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: \u3000chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\u2003\r\n\r\n",
        "GET a?x=http://b/-/reload HTTP/1.1\r\n\r\n",
        "GET ftp://node/a HTTP/1.1\r\n\r\n",
        "GET http:///a HTTP/1.1\r\n\r\n",
        "GET http://node@evil.example/a HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "\r\n\r\n"
      })
  void refusesWhatIsNotClear(String head) {
    assertThatThrownBy(() -> parse(head).contentLength()).isInstanceOf(RequestHead.Refused.class);
  }

  @Test
  void refusesMoreHeadersThanAnyClientSends() {
    assertThatThrownBy(() -> parse("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(101) + "\r\n"))
        .isInstanceOf(RequestHead.Refused.class);
  }

  private static RequestHead parse(String text) throws RequestHead.Refused {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int end = RequestHead.end(bytes, 0, bytes.length);
    return RequestHead.parse(bytes, end < 0 ? bytes.length : end);
  }
}
