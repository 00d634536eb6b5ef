package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A file that was emptied, cut or rewritten while no agent ran is read from its start; one that
/// only grew is read on where it was.
class TailRestartTest extends TailTestCase {
  private static final String HEADER = "#Software: shop 1.0\n";

  private Log log;

  @BeforeEach
  void follow() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("app/*.log"), DataSize.ofMiB(1), false);
    Files.createDirectories(fixture.root.resolve("app"));
    log = new Log(fixture.root.resolve("app/app.log"));
  }

  private List<String> lines() {
    return fixture.reader.lines;
  }

  private void readAndStop(String text) throws IOException {
    log.raw(text);
    fixture.start();
    fixture.look();
    fixture.stop();
    lines().clear();
  }

  private void empty() throws IOException {
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
  }

  private void startAgain() {
    fixture.restart();
    fixture.pass(Duration.ofSeconds(1));
  }

  @Test
  void aFileThatOnlyGrewIsReadOnWhereItWas() throws IOException {
    readAndStop(HEADER + "order 1\n");
    log.raw("order 2\n");
    startAgain();

    assertThat(lines()).containsExactly("order 2");
    assertThat(fixture.counted("truncations")).isZero();
  }

  @Test
  void oneThatWasEmptiedAndBeginsWithTheSameLineIsReadAnewThoughItIsLonger() throws IOException {
    readAndStop(HEADER + "order 1\norder 2\n");
    empty();
    log.raw(HEADER + "order 3\norder 4\norder 5\n");
    startAgain();

    assertThat(lines()).containsExactly(HEADER.strip(), "order 3", "order 4", "order 5");
    assertThat(fixture.counted("truncations")).isEqualTo(1);
  }

  @Test
  void whatWasReadAnewIsNotReadAThirdTime() throws IOException {
    readAndStop(HEADER + "order 1\norder 2\n");
    empty();
    log.raw(HEADER + "order 3\norder 4\norder 5\n");
    startAgain();
    fixture.stop();
    lines().clear();
    log.raw("order 6\n");
    startAgain();

    assertThat(lines()).containsExactly("order 6");
    assertThat(fixture.counted("truncations")).isEqualTo(1);
  }

  @Test
  void oneThatIsShorterThanWhatWasReadIsReadAnew() throws IOException {
    String first = Log.cri("order 1") + "\n";
    readAndStop(first + Log.cri("order 2") + "\n");
    try (FileChannel channel = FileChannel.open(log.live, StandardOpenOption.WRITE)) {
      channel.truncate(first.length());
    }
    startAgain();

    assertThat(messages()).containsExactly("order 1");
  }

  @Test
  void oneThatLostItsEndWithTheMachineAndGrewAgainIsReadAnew() throws IOException {
    String first = Log.cri("order 1") + "\n";
    readAndStop(first + Log.cri("order 2") + "\n");
    try (FileChannel channel = FileChannel.open(log.live, StandardOpenOption.WRITE)) {
      channel.truncate(first.length());
    }
    log.line("order 3, after the machine came back");
    log.line("order 4");
    startAgain();

    assertThat(messages())
        .containsExactly("order 1", "order 3, after the machine came back", "order 4");
  }

  @Test
  void aDockerLineTooLongForItsTimestampIsNoProofOfIdentity() throws IOException {
    String first = docker("x".repeat(2_000));
    readAndStop(first + docker("order 1"));
    empty();
    log.raw(first + docker("order 2") + docker("order 3"));
    startAgain();

    assertThat(lines()).hasSize(3).last().asString().contains("order 3");
  }

  @Test
  void aCopyOfWhatWasCutAwayIsReadOnWhereItWas() throws IOException {
    readAndStop(HEADER + "order 1\n");
    log.raw("order 2\n");
    Files.copy(log.live, log.live.resolveSibling("app.log.1"));
    empty();
    log.raw(HEADER + "order 3\norder 4\n");
    startAgain();
    fixture.pass(Duration.ofSeconds(4));

    assertThat(lines()).containsExactly("order 2", HEADER.strip(), "order 3", "order 4");
  }

  @Test
  void whatWasCopiedTwiceIsReadOnInTheOlderCopyAndTheOthersWhole() throws IOException {
    readAndStop("order 1\n");
    log.raw("order 2\n");
    Path copy = log.live.resolveSibling("app.log.1");
    Files.copy(log.live, log.live.resolveSibling("app.log.2"));
    empty();
    log.raw("order 3\n");
    Files.copy(log.live, copy);
    empty();
    log.raw("order 4\n");
    startAgain();
    fixture.pass(Duration.ofSeconds(4));

    assertThat(lines()).containsExactly("order 2", "order 3", "order 4");
  }

  @Test
  void aCopyOfWhatStillStandsThereIsAFileOfItsOwn() throws IOException {
    readAndStop("order 1\n");
    Files.copy(log.live, log.live.resolveSibling("app.log.1"));
    log.raw("order 2\n");
    startAgain();
    fixture.pass(Duration.ofSeconds(4));

    assertThat(lines()).contains("order 1").endsWith("order 2").hasSize(2);
  }

  @Test
  void aFileThatWasRenamedMeanwhileIsReadOnWhereItWas() throws IOException {
    readAndStop(HEADER + "order 1\n");
    log.raw("order 2\n");
    Path rotated = log.rotate(".1");
    log.raw(HEADER + "order 3\n");
    startAgain();
    fixture.pass(Duration.ofSeconds(4));

    assertThat(rotated).exists();
    assertThat(lines()).containsExactly("order 2", HEADER.strip(), "order 3");
  }

  @Test
  void noTwoLivesOfAFileHaveTheSameIdentity() throws IOException {
    fixture.start();
    for (int life = 0; life < 5; life++) {
      log.raw(HEADER + "order " + life + "\n");
      fixture.pass(Duration.ofSeconds(5));
      empty();
      fixture.pass(Duration.ofSeconds(5));
    }
    log.raw(HEADER + "order 5\n");
    fixture.pass(Duration.ofSeconds(1));

    Set<Object> identities = new HashSet<>(fixture.reader.bytes.keySet());
    assertThat(identities).hasSize(6);
    fixture.stop();
    lines().clear();
    log.raw("order 6\n");
    startAgain();
    assertThat(lines()).containsExactly("order 6");
  }

  private static String docker(String message) {
    return "{\"log\":\""
        + message
        + "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T06:00:00Z\"}\n";
  }
}
