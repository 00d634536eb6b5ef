package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `ops.listen` is host and port, and nothing else.
class OpsConfigTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9600, 127.0.0.1, 9600",
    "localhost:0, localhost, 0",
    "[::1]:9600, ::1, 9600",
    "0.0.0.0:65535, 0.0.0.0, 65535",
  })
  void readsHostAndPort(String listen, String host, int port) {
    OpsConfig config = OpsConfig.parse(listen);

    assertThat(config).isEqualTo(new OpsConfig(host, port));
    assertThat(config.listen()).isEqualTo(listen);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "9600",
        ":9600",
        "localhost",
        "localhost:",
        "localhost:x",
        "localhost:65536",
        "::1:9600",
        "http://localhost:9600",
        "a b:1",
        "localhost:-1"
      })
  void refusesAnythingElse(String listen) {
    assertThatIllegalArgumentException().isThrownBy(() -> OpsConfig.parse(listen));
  }

  @Test
  void listensEverywhereByDefault() {
    assertThat(OpsConfig.defaults().listen()).isEqualTo("0.0.0.0:9600");
  }
}
