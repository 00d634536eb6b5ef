package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.Search;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/// What became of the lines of [Workloads]: what Elasticsearch has of them.
final class IndexedLines {
  private static final Pattern LINE = Pattern.compile("^line (\\d+) ");
  private static final Pattern RUN = Pattern.compile("^run (\\S+) line (\\d+) ");

  private final Supplier<ElasticConfig> server;
  private final String dataStream;
  private final Supplier<String> log;

  /// @param server where it is now
  /// @param log the agent's, for when lines do not come
  IndexedLines(Supplier<ElasticConfig> server, String dataStream, Supplier<String> log) {
    this.server = server;
    this.dataStream = dataStream;
    this.log = log;
  }

  long count(String query) throws IOException {
    try (Elastic elastic = new Elastic(server.get(), Clock.system())) {
      return new Search(elastic).count(dataStream, query);
    }
  }

  void awaitAtLeast(String query, long expected) {
    try {
      await()
          // A new data stream has no shard for a moment, and one that is elsewhere now no address.
          .ignoreExceptions()
          .atMost(Duration.ofMinutes(4))
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(() -> assertThat(count(query)).as(query).isGreaterThanOrEqualTo(expected));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("the agent's log ends with\n" + log.get(), e);
    }
  }

  /// Asserts that each line of the chatty workload is there once.
  void assertEachLineOnce(int lines) throws IOException {
    BitSet seen = new BitSet();
    long found =
        each(
            "kubernetes.labels.app:chatty",
            LINE,
            match -> seen.set(Integer.parseInt(match.group(1))));
    assertThat(found).as("documents").isEqualTo(lines);
    assertThat(seen.cardinality()).as("different lines").isEqualTo(lines);
  }

  /// Asserts that no line of the crashing workload is there twice, and that at least as many runs
  /// as it crashed are there as a whole.
  ///
  /// @return runs
  int assertEachRunOnce(int crashes) throws IOException {
    Map<String, BitSet> runs = new TreeMap<>();
    long found =
        each(
            "kubernetes.labels.app:crashing",
            RUN,
            match ->
                runs.computeIfAbsent(match.group(1), _ -> new BitSet())
                    .set(Integer.parseInt(match.group(2))));
    assertThat(found)
        .as("documents, against different lines")
        .isEqualTo(runs.values().stream().mapToInt(BitSet::cardinality).sum());
    long whole =
        runs.values().stream().filter(it -> it.cardinality() == Workloads.LINES_PER_CRASH).count();
    assertThat(whole).as("runs that are there as a whole").isGreaterThanOrEqualTo(crashes);
    return runs.size();
  }

  private long each(String query, Pattern pattern, Consumer<Matcher> found) throws IOException {
    try (Elastic elastic = new Elastic(server.get(), Clock.system())) {
      return new Search(elastic)
          .each(
              Search.Query.all(dataStream, query, "message"),
              hit -> {
                String message = hit.text("message");
                Matcher match = pattern.matcher(message == null ? "" : message);
                assertThat(match.find()).as(message).isTrue();
                found.accept(match);
                return true;
              });
    }
  }
}
