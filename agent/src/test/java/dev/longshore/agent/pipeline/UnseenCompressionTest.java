package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A plain log that was read and is compressed while no agent runs, as by a logrotate at midnight:
/// what was read of it is not read again, and the rest of it is.
class UnseenCompressionTest {
  private static final String HEADER = "#Software: shop 1.0";

  @TempDir Path folder;
  private PipelineFixture fixture;
  private PodLog log;
  private final List<String> expected = new ArrayList<>();

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
    fixture.pattern = "app/*.log";
    log = fixture.logAt(fixture.root.resolve("app/app.log"));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void write(String line) throws IOException {
    log.raw(line + "\n");
    expected.add(line);
  }

  private void write(String line, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      write(line + " " + i);
    }
  }

  /// An agent reads what there is, and ends.
  private void readAndStop() {
    fixture.start().expect(expected);
    assertThat(fixture.stop()).isTrue();
  }

  /// An agent reads the rest, and nothing twice.
  private void expectTheRest(int unread) {
    fixture.start().expect(expected);
    fixture.quiet();
    fixture.expect(expected);
    assertThat(fixture.sum(Account::read)).isEqualTo(unread);
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
    fixture.assertLedger();
  }

  @Test
  void isReadOnWhereItWas() throws IOException {
    write("GET /cart 200");
    readAndStop();
    write("GET /pay 200");
    PodLog.gzip(log.rotate(".1"));
    write("GET /end 200");
    expectTheRest(2);
  }

  @Test
  void isReadOnWhereItWasThoughItIsLong() throws IOException {
    write("GET /item", 5_000);
    readAndStop();
    write("GET /late", 2_000);
    PodLog.gzip(log.rotate(".1"));
    write("GET /end 200");
    expectTheRest(2_001);
  }

  @Test
  void isReadOnWhereItWasAfterTheAgentWasKilled() throws IOException {
    write("GET /item", 50);
    fixture.start().expect(expected);
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 2);
    fixture.kill();
    write("GET /late", 50);
    PodLog.gzip(log.rotate(".1"));
    expectTheRest(50);
  }

  @Test
  void isNotReadAgainByTheRunsAfter() throws IOException {
    write("GET /item", 50);
    readAndStop();
    PodLog.gzip(log.rotate(".1"));
    write("GET /end", 3);
    readAndStop();
    write("GET /more", 2);
    expectTheRest(2);
  }

  @Test
  void isToldFromOthersThatBeginWithTheSameLine() throws IOException {
    write(HEADER);
    write("first", 100);
    readAndStop();
    log.rotate(".1");
    write(HEADER);
    write("second", 200);
    readAndStop();
    write("second, late", 20);
    Path older = log.live.resolveSibling("app.log.2");
    Files.move(log.live.resolveSibling("app.log.1"), older);
    PodLog.gzip(older);
    PodLog.gzip(log.rotate(".1"));
    write(HEADER);
    write("third", 30);
    expectTheRest(51);
  }

  @Test
  void isReadOnWhereItWasThoughItsFileWasEmptiedAndWrittenAnew() throws IOException {
    write(HEADER);
    write("first", 100);
    readAndStop();
    write("late", 10);
    Path copy = log.live.resolveSibling("app.log.1");
    Files.copy(log.live, copy);
    PodLog.gzip(copy);
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    write(HEADER);
    write("second", 200);
    expectTheRest(211);
  }

  @Test
  void isReadWholeIfItHoldsOtherText() throws IOException {
    write(HEADER);
    write("first", 100);
    readAndStop();
    Files.delete(log.live);
    log.reopen();
    write(HEADER);
    write("other", 300);
    PodLog.gzip(log.rotate(".1"));
    expectTheRest(301);
  }

  @Test
  void isReadOnceIfItWasKeptBesideItsArchive() throws IOException {
    write("GET /item", 50);
    readAndStop();
    write("GET /late", 5);
    Path rotated = log.rotate(".1");
    Path kept = rotated.resolveSibling("kept");
    Files.createLink(kept, rotated);
    PodLog.gzip(rotated);
    Files.move(kept, rotated);
    expectTheRest(5);
  }

  @Test
  void itsNoteGoesWithIt() throws IOException {
    write("GET /item", 5);
    readAndStop();
    Path archive = PodLog.gzip(log.rotate(".1"));
    write("GET /end", 3);
    fixture.start().expect(expected);
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 4);
    Files.delete(archive);
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 2);
  }

  @Test
  void itsNoteIsForgottenAfterAnHourIfItDoesNotComeBack() throws IOException {
    write("GET /item", 5);
    readAndStop();
    Files.delete(log.live);
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));
    assertThat(fixture.buffer().positions()).hasSize(2);
    fixture.clock.leap(Duration.ofMinutes(61));
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().isEmpty());
  }
}
