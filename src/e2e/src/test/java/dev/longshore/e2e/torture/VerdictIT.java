package dev.longshore.e2e.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The comparison at the end finds each way in which a line can be wrong: it would be worth nothing
/// if it could not fail.
final class VerdictIT {
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.shared().config(), Clock.system());
  private final String logs = "torture-" + Long.toString(System.nanoTime(), 36);

  @TempDir Path folder;
  private TorturedContainer container;

  /// Ten lines are written, each a record of its own.
  @BeforeEach
  void write() throws IOException {
    Path real = folder.toRealPath();
    container =
        new TorturedContainer(
            new TorturedContainer.Place(
                "crane-1", "crane", real.resolve("crane"), Path.of(""), 0, 1 << 20, 3),
            1,
            SkewedClock.over(real.resolve("clock")),
            () -> 0,
            generation -> {});
    LineBook book = container.book();
    Generation generation = container.generations().getFirst();
    generation.begun(
        "2026-11-23T05:48:55.1Z stdout F tok0_\n".getBytes(StandardCharsets.UTF_8), true);
    for (int line = 0; line < 10; line++) {
      book.add(0, line * 100L, 100, book.newRecord(), false, 0);
    }
  }

  @AfterEach
  void close() {
    elastic.close();
  }

  @Test
  void isContentWhenEachLineIsThereOnce() throws IOException {
    for (int line = 0; line < 10; line++) {
      index("a", line, line * 100L);
    }

    assertThat(verdict(0).tally()).isEmpty();
  }

  @Test
  void findsWhatIsLostDoubledOrOutOfPlace() throws IOException {
    for (int line = 0; line < 9; line++) {
      index("a", line, line == 5 ? 555 : line * 100L);
    }
    index("b", 3, 300);

    assertThat(verdict(0).tally()).isEqualTo(Map.of("lost", 1, "doubled", 1, "misplaced", 1));
  }

  @Test
  void comparesWhatWasDeletedUnreadWithWhatIsReported() throws IOException {
    for (int line = 0; line < 8; line++) {
      index("a", line, line * 100L);
    }
    container.generations().getFirst().deleted = true;

    assertThat(verdict(200).tally()).isEmpty();
    assertThat(verdict(100).tally()).containsKey("lost bytes misreported");
  }

  private Verdict verdict(long reportedBytes) throws IOException {
    Search search = new Search(elastic);
    search.refresh(logs + "*");
    Verdict verdict = new Verdict(List.of(container), List.of());
    verdict.read(search, logs + "*", "no-such-letters-*");
    verdict.compareLosses(
        reportedBytes, reportedBytes == 0 ? Map.of() : Map.of("crane-1/crane", reportedBytes));
    return verdict;
  }

  private void index(String suffix, int line, long offset) throws IOException {
    String body =
        "{\"@timestamp\":\"2026-11-23T05:48:55Z\",\"message\":\"tok%d_\",\"log\":{\"offset\":%d},\"kubernetes\":{\"pod\":{\"name\":\"crane-1\"},\"container\":{\"name\":\"crane\"}}}"
            .formatted(line, offset);
    Elastic.Response reply =
        elastic.request(
            "PUT",
            "/%s-%s/_doc/%s%d".formatted(logs, suffix, container.generations().getFirst().id, line),
            body.getBytes(StandardCharsets.UTF_8));
    assertThat(reply.ok()).as(new String(reply.body(), StandardCharsets.UTF_8)).isTrue();
  }
}
