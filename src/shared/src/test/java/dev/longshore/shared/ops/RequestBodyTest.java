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
        connection("5;a=b\r\nhello\r\nA\r\n, world!!\n\r\n0\r\nX: y\r\n\r\nGET /");
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
        "fffffffffffffffff\r\n"
      })
  void failsWhereAChunkIsNotWhole(String sent) {
    assertThatThrownBy(() -> text(new RequestBody(connection(sent), -1, 100)))
        .isInstanceOf(IOException.class);
  }

  private static InputStream connection(String sent) {
    return new ByteArrayInputStream(sent.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
  }
}
