package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What has happened to a file is told in its order: it appears, is readable, finishes, and is
/// gone.
class TailEventsTest extends TailTestCase {
  private final List<FileEvent> events = new ArrayList<>();

  /// Polls for so long; what is readable is read to its last byte, unless it is to wait.
  private void poll(Duration time, boolean read) {
    for (Duration t = Duration.ZERO; t.compareTo(time) < 0; t = t.plus(TailFixture.POLL)) {
      fixture.clock.advance(TailFixture.POLL);
      for (FileEvent event : fixture.tail.poll()) {
        events.add(event);
        if (event instanceof FileEvent.HasBytes(TailedFile file)) {
          Slice slice = read ? fixture.tail.read(file) : null;
          if (slice == null) {
            fixture.tail.defer(file);
          } else {
            fixture.tail.consumed(file, slice.length());
          }
        }
      }
    }
  }

  private List<String> kinds() {
    return events.stream().map(event -> event.getClass().getSimpleName()).distinct().toList();
  }

  @Test
  void aFileAppearsIsReadableFinishesAndIsGone() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.tail.start();
    poll(Duration.ofSeconds(1), true);
    Files.delete(log.live);
    poll(Duration.ofSeconds(8), true);

    assertThat(kinds()).containsExactly("Appeared", "HasBytes", "Finished", "Gone");
    assertThat(events.getLast()).isInstanceOfSatisfying(FileEvent.Gone.class, this::isReadToItsEnd);
  }

  private void isReadToItsEnd(FileEvent.Gone gone) {
    assertThat(gone.unreadBytes()).isZero();
  }

  @Test
  void aFileThatIsFollowedByNothingNewIsReadableNoMore() throws IOException {
    fixture.log("checkout-7d9f", "web").line("1");
    fixture.tail.start();
    poll(Duration.ofSeconds(1), true);
    events.clear();
    poll(Duration.ofSeconds(5), true);

    assertThat(events).isEmpty();
  }

  @Test
  void aFinishedFileNamesTheNextBeforeThatIsReadable() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.tail.start();
    poll(Duration.ofSeconds(1), true);
    log.rotate(".20261123-054855");
    log.line("2");
    events.clear();
    poll(Duration.ofSeconds(3), true);

    assertThat(kinds()).containsExactly("Appeared", "Finished", "HasBytes");
    TailedFile next = events.getFirst().file();
    assertThat(events)
        .anySatisfy(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        FileEvent.Finished.class,
                        finished -> assertThat(finished.successor()).isSameAs(next)));
  }

  @Test
  void whatIsRewoundWhenItsFileIsGivenUpIsLostAndCounted() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(10), false);
    Log log = fixture.log("checkout-7d9f", "web");
    long writtenBytes = log.line("1").length() + 1L;
    fixture.tail.start();
    poll(Duration.ofSeconds(1), true);
    writtenBytes += log.line("2").length() + 1L;
    Path live = log.live;
    Files.delete(live);
    long unreadBytes = 0;
    for (int i = 0; i < 50; i++) {
      events.clear();
      poll(TailFixture.POLL, false);
      for (FileEvent event : events) {
        switch (event) {
          case FileEvent.Finished(TailedFile file, var _) when file.readOffset() > 0 ->
              fixture.tail.rewind(file, 0);
          case FileEvent.Gone gone -> unreadBytes = gone.unreadBytes();
          default -> {
            // Nothing follows from it.
          }
        }
      }
    }

    assertThat(unreadBytes).isEqualTo(writtenBytes);
  }
}
