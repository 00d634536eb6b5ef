package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Where inotify reports everything, neither folders nor quiet files are looked at again and again;
/// what comes is read as soon as ever.
class ContentWatchTest extends TailTestCase {
  private static final Duration A_MOMENT = Duration.ofMillis(1);

  private Log log;

  @Override
  @BeforeEach
  void open() throws IOException {
    fixture = TailFixture.withInotify(folder);
    log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.pass(Duration.ofSeconds(3));
  }

  private void aMomentPasses() {
    fixture.clock.advance(A_MOMENT);
    fixture.turn();
  }

  @Test
  void aFileThatStoodStillIsReadAtItsNextWrite() throws IOException {
    // Nothing is due.
    aMomentPasses();
    log.line("2");
    aMomentPasses();

    assertThat(messages()).containsExactly("1", "2");

    fixture.pass(Duration.ofSeconds(3));
    log.line("3");
    aMomentPasses();

    assertThat(messages()).containsExactly("1", "2", "3");
  }

  @Test
  void whatComesWhileAFileBeginsToBeWatchedIsRead() throws IOException {
    for (int i = 2; i < 60; i++) {
      log.line(Integer.toString(i));
      fixture.pass(Duration.ofMillis(900 + 100L * (i % 4)));
    }

    assertThat(messages()).hasSize(59).doesNotHaveDuplicates();
  }

  @Test
  void theFileThatFollowsOneThatStoodStillIsReadWithoutDelay() throws IOException {
    log.line("2");
    log.rotate(".20261123-054855");
    log.line("3");
    fixture.pass(Duration.ofMillis(500));

    assertThat(messages()).containsExactly("1", "2", "3");
  }

  @Test
  void aFileThatIsCutWhileItIsWatchedIsReadFromItsBeginning() throws IOException {
    Files.newOutputStream(log.live).close();
    aMomentPasses();
    log.line("2");
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("1", "2");
  }

  @Test
  void aFileThatIsDeletedWhileItIsWatchedIsReadToItsEndAndLetGo() throws IOException {
    Files.delete(log.live);
    log.line("2");
    fixture.pass(Duration.ofSeconds(6));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(fixture.reader.gone).hasSize(1);
    assertThat(fixture.reader.lostBytes).isZero();
  }

  @Test
  void whatIsWrittenToAFileThatWasClosedIsCountedAsLost() throws IOException {
    OutputStream old = log.handle();
    log.rotate(".20261123-054855");
    log.line("2");
    fixture.pass(Duration.ofSeconds(4));
    old.write("too late\n".getBytes(StandardCharsets.UTF_8));
    fixture.pass(Duration.ofMillis(200));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(fixture.reader.lostBytes).isEqualTo(9);
  }

  @Test
  void saysWhenAllFilesWereAskedAndWhatWasWrittenBeforeIsRead() throws IOException {
    Set<Long> asked = new TreeSet<>();
    long begun = fixture.clock.nanoTime();
    for (int line = 2; line < 12; line++) {
      log.line(Integer.toString(line));
      long written = fixture.clock.nanoTime();
      while (fixture.tail.askedNanos() - written <= 0) {
        aMomentPasses();
        asked.add(fixture.tail.askedNanos());
      }

      assertThat(messages()).endsWith(Integer.toString(line));
    }

    assertThat(asked.size())
        .as("at ticks alone, not with each poll")
        .isLessThanOrEqualTo(
            1 + (int) ((fixture.clock.nanoTime() - begun) / TailFixture.POLL.toNanos()) + 1);
  }

  @Test
  void foldersAreNotListedWhileNothingComesOrGoes() {
    fixture.listings.clear();
    fixture.pass(Duration.ofSeconds(290));

    assertThat(fixture.listings).isEmpty();
    assertThat(fixture.tail.foldersKnownEpochMillis()).hasValue(fixture.clock.epochMillis());

    fixture.pass(Duration.ofSeconds(20));

    assertThat(fixture.tail.scansCompleted()).as("the safety net").isEqualTo(2);
  }

  @Test
  void foldersAreListedAsOftenAsEverWhileOneCannotBeRead() throws IOException {
    Path secret = log.live.resolveSibling("").resolveSibling("secret");
    fixture.unlistable.put(secret, new IOException("Permission denied"));
    Files.createDirectory(
        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    fixture.pass(Duration.ofSeconds(1));
    long known = fixture.tail.foldersKnownEpochMillis().orElseThrow();
    assertThat(fixture.unreadable()).containsExactly(secret);

    fixture.unlistable.clear();
    fixture.pass(Duration.ofSeconds(9));
    assertThat(fixture.tail.foldersKnownEpochMillis()).hasValue(known);

    fixture.pass(Duration.ofSeconds(2));
    assertThat(fixture.unreadable()).isEmpty();
    assertThat(fixture.tail.foldersKnownEpochMillis()).hasValue(fixture.clock.epochMillis());
  }
}
