package dev.longshore.agent.tail;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A plain log in UTF-16 is told as that, once for each file, and no other is.
class Utf16Test extends TailTestCase {
  private static final String TEXT = "2026-11-28 12:00:01 INFO größe of cart 3\r\nnext\r\n";
  private Path log = Path.of("");

  @BeforeEach
  void plain() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("app/*.log"), DataSize.ofMiB(64), false);
    log = Files.createDirectories(fixture.root.resolve("app")).resolve("app.log");
  }

  private void read(byte[] bytes) throws IOException {
    Files.write(log, bytes);
    fixture.start();
    fixture.pass(Duration.ofSeconds(2));
  }

  private String reason() {
    return fixture.tail.status().getFirst().reason();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
  void isToldWithAByteOrderMarkAndWithout(String name) throws IOException {
    byte[] bytes = TEXT.getBytes(Charset.forName(name));
    read(bytes);
    assertThat(reason()).contains("UTF-16");
    assertThat(fixture.counted("utf16")).isEqualTo(1);

    Files.write(log.resolveSibling("other.log"), ("\ufeff" + TEXT).getBytes(Charset.forName(name)));
    fixture.pass(Duration.ofSeconds(20));
    assertThat(fixture.counted("utf16")).isEqualTo(2);
  }

  /// Letters that have no NUL are known by the mark alone.
  @Test
  void isToldByItsMarkWhereTheTextIsChinese() throws IOException {
    read("\ufeff没有库存了\n".getBytes(UTF_16LE));
    assertThat(fixture.counted("utf16")).isEqualTo(1);
  }

  @Test
  void isNotDroppedAndIsReadToItsEnd() throws IOException {
    byte[] bytes = TEXT.getBytes(UTF_16BE);
    read(bytes);
    assertThat(fixture.tail.status().getFirst().readOffset()).isEqualTo(bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"größe\n", "\ufeffready\n", "a\0b\0c d e f g h\n", "\0\0\0\0\0\0ab\n", "abc\n"})
  void nothingElseIs(String text) throws IOException {
    read((text + "next\n").getBytes(UTF_8));
    assertThat(fixture.counted("utf16")).isZero();
    assertThat(reason()).isEmpty();
  }
}
