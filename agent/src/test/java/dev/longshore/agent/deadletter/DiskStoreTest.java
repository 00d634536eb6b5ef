package dev.longshore.agent.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.bulk.Refusal;
import dev.longshore.agent.deadletter.DiskStore.Appended;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
      while (batch.append(letter("id" + taken, "line\n")) == Appended.WHOLE) {
        taken++;
      }
      batch.sync();
    }
    assertThat(taken).isBetween(2, 10);
    assertThat(letters.bytes()).isLessThanOrEqualTo(1024);
    assertThat(read(letters)).hasSize(taken);
    try (DiskStore.Batch batch = new DiskStore(folder, DataSize.ofKiB(1)).begin()) {
      assertThat(batch.append(letter("late", "line\n"))).isEqualTo(Appended.NO_ROOM);
    }
  }

  @Test
  void waitsForNobodyWhoChangesLetters() throws IOException {
    DiskStore letters = open();
    try (DiskStore.Batch other = open().begin()) {
      assertThatThrownBy(letters::begin)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process changes the dead letters");
      assertThat(other.append(letter("a", "first\n"))).isEqualTo(Appended.WHOLE);
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

  @Test
  void storesALetterThatIsLongerThanItsRoomCutAndSaysSo() throws IOException {
    DiskStore letters = new DiskStore(folder, DataSize.ofKiB(16));
    try (DiskStore.Batch batch = letters.begin()) {
      assertThat(batch.append(letter("huge", "x".repeat(100_000)))).isEqualTo(Appended.CUT);
      assertThat(batch.append(letter("small", "line\n"))).isEqualTo(Appended.WHOLE);
      batch.sync();
    }

    assertThat(letters.bytes()).isLessThanOrEqualTo(16 << 10);
    DeadLetter cut = read(letters).getFirst();
    assertThat(cut.id()).isEqualTo("huge");
    assertThat(cut.original().length).isBetween(6_000, 8 << 10);
    assertThat(cut.document()).isEmpty();
    assertThat(cut.reason()).contains("cut by longshore").contains("100000 bytes");
  }

  @Test
  void nobodyElseCanReadTheFolder() throws IOException {
    Path letters = folder.resolve("dead-letters");
    append(new DiskStore(letters, DataSize.ofMiB(1)), letter("a", "first\n"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(letters)))
        .isEqualTo("rwx------");
    try (var files = Files.list(letters)) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void setsASegmentAsideThatCannotBeReadAndGivesTheOthers() throws IOException {
    append(open(), letter("a", "first\n"));
    append(open(), letter("b", "second\n"));
    Path first = segment();
    Files.delete(first);
    // Reading a folder fails as a bad sector does: with an IOException.
    Files.createDirectory(first);
    List<String> found = new ArrayList<>();

    assertThatThrownBy(
            () ->
                open()
                    .each(
                        DeadLetterFilter.ALL,
                        page -> {
                          page.forEach(stored -> found.add(stored.letter().id()));
                          return true;
                        }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("set aside");

    assertThat(found).containsExactly("b");
    assertThat(open().setAside()).hasSize(1);
    assertThat(read(open())).extracting(DeadLetter::id).containsExactly("b");
    append(open(), letter("c", "third\n"));
    assertThat(read(open())).extracting(DeadLetter::id).containsExactly("b", "c");
  }

  @Test
  void keepsWhatIsDamagedWhenTheRestOfItsSegmentChanges() throws IOException {
    append(open(), letter("a", "first\n"), letter("b", "second\n"));
    byte[] damaged = Files.readAllBytes(segment());
    damaged[damaged.length - 1] ^= 0x40;
    Files.write(segment(), damaged);

    open().rewrite(segment(), letter -> null);

    assertThat(open().segments()).isEmpty();
    assertThat(open().setAside())
        .singleElement()
        .satisfies(file -> assertThat(Files.readAllBytes(file)).isEqualTo(damaged));
    assertThat(open().bytes()).isEqualTo(damaged.length);
  }

  private static void append(DiskStore letters, DeadLetter... all) throws IOException {
    try (DiskStore.Batch batch = letters.begin()) {
      for (DeadLetter letter : all) {
        assertThat(batch.append(letter)).isEqualTo(Appended.WHOLE);
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
