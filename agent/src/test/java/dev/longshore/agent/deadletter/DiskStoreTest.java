package dev.longshore.agent.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.bulk.Refusal;
import dev.longshore.agent.event.ContainerRef;
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
class DiskStoreTest {
  @TempDir Path folder;

  @Test
  void givesBackWhatWasAppendedAfterReopening() throws IOException {
    append(open(), letter("a", "first\n"));
    append(open(), letter("b", "sécond\u0000\n"));

    List<DeadLetter> read = read(open());

    assertThat(read)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(letter("a", "first\n"), letter("b", "sécond\u0000\n"));
    assertThat(open().segments()).as("what an earlier run left is not appended to").hasSize(2);
  }

  @Test
  void fillsASegmentBatchAfterBatch() throws IOException {
    DiskStore letters = open();
    append(letters, letter("a", "first\n"));
    append(letters, letter("b", "second\n"));

    assertThat(letters.segments()).hasSize(1);
    assertThat(read(letters)).extracting(DeadLetter::id).containsExactly("a", "b");
  }

  @Test
  void takesNoMoreThanItsLimit() throws IOException {
    DiskStore letters = new DiskStore(folder, DataSize.ofKiB(1));
    int taken = 0;
    try (DiskStore.Batch batch = letters.begin()) {
      while (batch.append(letter("id" + taken, "line\n"))) {
        taken++;
      }
      batch.sync();
    }
    assertThat(taken).isBetween(2, 10);
    assertThat(letters.bytes()).isLessThanOrEqualTo(1024);
    assertThat(read(letters)).hasSize(taken);
    try (DiskStore.Batch batch = new DiskStore(folder, DataSize.ofKiB(1)).begin()) {
      assertThat(batch.append(letter("late", "line\n"))).isFalse();
    }
  }

  @Test
  void waitsForNobodyWhoChangesLetters() throws IOException {
    DiskStore letters = open();
    try (DiskStore.Batch other = open().begin()) {
      assertThatThrownBy(letters::begin)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process changes the dead letters");
      assertThat(other.append(letter("a", "first\n"))).isTrue();
    }
    append(letters, letter("b", "second\n"));

    assertThat(read(letters)).extracting(DeadLetter::id).containsExactly("a", "b");
  }

  @Test
  void anyTornTailCostsTheLastLetterAlone() throws IOException {
    append(open(), letter("a", "first\n"), letter("b", "second\n"));
    Path segment = segment();
    byte[] whole = Files.readAllBytes(segment);
    int second = DeadLetterFrame.of(letter("b", "second\n")).remaining();

    for (int missing = 1; missing <= second; missing++) {
      Files.write(segment, Arrays.copyOf(whole, whole.length - missing));

      List<DeadLetter> read = new ArrayList<>();
      DiskStore.Walk walk = open().forEach(read::add);

      assertThat(read).extracting(DeadLetter::id).containsExactly("a");
      assertThat(walk.damagedBytes()).isEqualTo(second - missing);
    }
  }

  @Test
  void anyFlippedByteCostsItsLetterAlone() throws IOException {
    append(open(), letter("a", "first\n"), letter("b", "second\n"), letter("c", "third\n"));
    Path segment = segment();
    byte[] whole = Files.readAllBytes(segment);
    int first = DeadLetterFrame.of(letter("a", "first\n")).remaining();
    int second = DeadLetterFrame.of(letter("b", "second\n")).remaining();

    for (int at = first; at < first + second; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x40;
      Files.write(segment, damaged);

      assertThat(read(open())).extracting(DeadLetter::id).containsExactly("a", "c");
    }
  }

  @Test
  void changesLettersWhileARunAppends() throws IOException {
    DiskStore letters = open();
    append(letters, letter("a", "first\n"), letter("b", "second\n"));
    DiskStore other = open();
    Refusal again = new Refusal(403, "security_exception", "still no");

    other.rewrite(segment(), letter -> letter.id().equals("a") ? null : letter.refusedAgain(again));
    append(letters, letter("c", "third\n"));

    assertThat(read(letters)).extracting(DeadLetter::id).containsExactly("b", "c");
    assertThat(read(letters).getFirst())
        .usingRecursiveComparison()
        .isEqualTo(letter("b", "second\n").refusedAgain(again));
    assertThat(read(letters).getFirst().attempts()).isEqualTo(1);

    other.rewrite(segment(), letter -> null);
    assertThat(letters.bytes()).isZero();
    append(letters, letter("d", "fourth\n"));
    assertThat(read(letters)).extracting(DeadLetter::id).containsExactly("d");
  }

  private static void append(DiskStore letters, DeadLetter... all) throws IOException {
    try (DiskStore.Batch batch = letters.begin()) {
      for (DeadLetter letter : all) {
        assertThat(batch.append(letter)).isTrue();
      }
      batch.sync();
    }
  }

  private DiskStore open() {
    return new DiskStore(folder, DataSize.ofMiB(1));
  }

  private Path segment() throws IOException {
    return open().segments().getFirst();
  }

  private static List<DeadLetter> read(DiskStore letters) throws IOException {
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
        new ContainerRef("shop", "checkout-7d9f", "0d4bd6d5", "server"),
        "/var/log/pods/shop_checkout-7d9f_0d4bd6d5/server/0.log",
        4_711,
        1_795_000_000_000L,
        0,
        line.getBytes(UTF_8),
        "{}".getBytes(UTF_8));
  }
}
