package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A body ends where its length or its last chunk says, and is never longer than it may be.
class RequestBodyTest {

  @Test
  void readsAsMuchAsTheLengthSays() throws IOException {
    InputStream connection = connection("helloGET /");
    RequestBody body = new RequestBody(connection, 5, 10);

    assertThat(text(body)).isEqualTo("hello");
    assertThat(body.isAtEnd()).isTrue();
    assertThat(text(connection)).isEqualTo("GET /");
  }

  @Test
  void readsChunksAndTheirTrailers() throws IOException {
    InputStream connection =
        connection("5;a=\"b c\"\r\nhello\r\nA \t\r\n, world!!\n\r\n0\r\nX: y\r\n\r\nGET /");
    RequestBody body = new RequestBody(connection, -1, 15);

    assertThat(text(body)).isEqualTo("hello, world!!\n");
    assertThat(body.isAtEnd()).isTrue();
    assertThat(text(connection)).isEqualTo("GET /");
  }

  @Test
  void refusesALengthAboveItsLimitAtOnceAndChunksWhenTheyReachIt() {
    assertThatThrownBy(() -> text(new RequestBody(connection(""), 11, 10)))
        .isInstanceOf(BodyTooLargeException.class);
    assertThatThrownBy(
            () ->
                text(new RequestBody(connection("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), -1, 10)))
        .isInstanceOf(BodyTooLargeException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x\r\n",
        "-1\r\n",
        "5\r\nhell",
        "5\r\nhelloX\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5;a\nhello\r\n0\r\n\r\n",
        "\r5\r\nhello\r\n0\r\n\r\n",
        "1\r0\r\nhellohellohelloh\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n"
      })
  void failsWhereAChunkIsNotWholeOrNotClear(String sent) {
    assertThatThrownBy(() -> text(new RequestBody(connection(sent), -1, 100)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesExtensionsAndTrailersWithoutAnEnd() {
    String extension = ";" + "a".repeat(1000);

    assertThatThrownBy(
            () ->
                text(
                    new RequestBody(
                        connection(("1" + extension + "\r\nx\r\n").repeat(20)), -1, 100)))
        .hasMessageContaining("too long");
    assertThatThrownBy(
            () -> text(new RequestBody(connection("0\r\n" + "X: y\r\n".repeat(5000)), -1, 100)))
        .hasMessageContaining("too long");
  }

  private static InputStream connection(String sent) {
    return new ByteArrayInputStream(sent.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
  }
}
