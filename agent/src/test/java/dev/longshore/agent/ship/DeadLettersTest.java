package dev.longshore.agent.ship;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A dead letter on disk is there after a restart, byte for byte; damage costs the letters that it
/// hits and no other.
class DeadLettersTest {
  @TempDir Path folder;

  @Test
  void givesBackWhatWasAppendedAfterReopening() throws IOException {
    try (DeadLetters letters = open()) {
      assertThat(letters.append(letter("a", "first\n"))).isTrue();
      letters.sync();
    }
    try (DeadLetters letters = open()) {
      assertThat(letters.append(letter("b", "sécond\u0000\n"))).isTrue();
      letters.sync();
    }

    List<DeadLetter> read = read(open());

    assertThat(read)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(letter("a", "first\n"), letter("b", "sécond\u0000\n"));
  }

  @Test
  void takesNoMoreThanItsLimit() throws IOException {
    try (DeadLetters letters = new DeadLetters(folder, DataSize.ofKiB(1))) {
      int taken = 0;
      while (letters.append(letter("id" + taken, "line\n"))) {
        taken++;
      }
      assertThat(taken).isBetween(2, 10);
      assertThat(letters.bytes()).isLessThanOrEqualTo(1024);
      assertThat(read(letters)).hasSize(taken);
    }
    assertThat(new DeadLetters(folder, DataSize.ofKiB(1)).append(letter("late", "line\n")))
        .isFalse();
  }

  @Test
  void anyTornTailCostsTheLastLetterAlone() throws IOException {
    try (DeadLetters letters = open()) {
      letters.append(letter("a", "first\n"));
      letters.append(letter("b", "second\n"));
    }
    Path segment = segment();
    byte[] whole = Files.readAllBytes(segment);
    int second = LetterFrame.of(letter("b", "second\n")).remaining();

    for (int missing = 1; missing <= second; missing++) {
      Files.write(segment, Arrays.copyOf(whole, whole.length - missing));

      List<DeadLetter> read = new ArrayList<>();
      DeadLetters.Walk walk = open().forEach(read::add);

      assertThat(read).extracting(DeadLetter::id).containsExactly("a");
      assertThat(walk.damagedBytes()).isEqualTo(second - missing);
    }
  }

  @Test
  void anyFlippedByteCostsItsLetterAlone() throws IOException {
    try (DeadLetters letters = open()) {
      letters.append(letter("a", "first\n"));
      letters.append(letter("b", "second\n"));
      letters.append(letter("c", "third\n"));
    }
    Path segment = segment();
    byte[] whole = Files.readAllBytes(segment);
    int first = LetterFrame.of(letter("a", "first\n")).remaining();
    int second = LetterFrame.of(letter("b", "second\n")).remaining();

    for (int at = first; at < first + second; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x40;
      Files.write(segment, damaged);

      assertThat(read(open())).extracting(DeadLetter::id).containsExactly("a", "c");
    }
  }

  @Test
  void removesWhatWasBroughtBack() throws IOException {
    try (DeadLetters letters = open()) {
      letters.append(letter("a", "first\n"));
      letters.append(letter("b", "second\n"));

      assertThat(letters.removeIf(letter -> letter.id().equals("a"))).isEqualTo(1);
      assertThat(letters.append(letter("c", "third\n"))).isTrue();
      assertThat(read(letters)).extracting(DeadLetter::id).containsExactly("b", "c");

      assertThat(letters.removeIf(letter -> true)).isEqualTo(2);
      assertThat(letters.bytes()).isZero();
    }
  }

  private DeadLetters open() {
    return new DeadLetters(folder, DataSize.ofMiB(1));
  }

  private Path segment() throws IOException {
    try (var files = Files.list(folder)) {
      return files.findFirst().orElseThrow();
    }
  }

  private static List<DeadLetter> read(DeadLetters letters) throws IOException {
    List<DeadLetter> read = new ArrayList<>();
    letters.forEach(read::add);
    return read;
  }

  private static DeadLetter letter(String id, String line) {
    return new DeadLetter(
        id,
        "logs-kubernetes.container_logs-default",
        400,
        "mapper_parsing_exception",
        "failed to parse field [json]",
        MemorySource.CHECKOUT,
        "/var/log/pods/shop_checkout-7d9f_0d4bd6d5/server/0.log",
        4_711,
        1_795_000_000_000L,
        line.getBytes(UTF_8),
        "{}".getBytes(UTF_8));
  }
}
