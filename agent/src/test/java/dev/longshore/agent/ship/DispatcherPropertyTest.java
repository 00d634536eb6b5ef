package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.Seeds;
import dev.longshore.agent.bulk.InMemoryDataStream;
import dev.longshore.agent.ship.ScriptedTransport.Request;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Refused;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.units.DataSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever the server answers, in whatever order: in the end each record was indexed, or found to
/// be there, or became a dead letter, exactly once in the ledger; each block was acknowledged once,
/// and not before all of its records were settled.
class DispatcherPropertyTest {
  private static final List<String> STREAMS =
      List.of("logs-a.x-default", "logs-b.x-default", "logs-c.x-prod");

  @TempDir Path folder;

  static Stream<Long> seeds() {
    return Seeds.first(4);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void settlesEachRecordOnceWhateverTheServerAnswers(long seed) {
    Random random = new Random(seed);
    DispatcherFixture fixture =
        new DispatcherFixture(
            folder, DataSize.ofKiB(16), 1 + random.nextInt(3), DataSize.ofMiB(8), seed);
    Server server = new Server(random);
    fixture.elasticsearch.answer(server::answer);
    Map<Long, Integer> records = new HashMap<>();

    for (int round = 0; round < 300; round++) {
      if (random.nextInt(3) == 0) {
        int count = 1 + random.nextInt(60);
        String[] lines = new String[count];
        for (int i = 0; i < count; i++) {
          lines[i] = line(random) + " " + round + "." + i;
        }
        long reference = fixture.source.add(STREAMS.get(random.nextInt(STREAMS.size())), lines);
        fixture.source.recovered(reference, random.nextInt(10) == 0);
        records.put(reference, count);
      }
      fixture.clock.advance(Duration.ofMillis(random.nextInt(300)));
      server.answerLate();
      fixture.work();
      server.settledBefore(fixture.source.acknowledged(), records, fixture);
    }
    server.calm = true;
    // Lines that get through prove that a document which does not is itself at fault.
    for (int i = 0; i < 120; i++) {
      if (i % 10 == 0 && i < 60) {
        for (String stream : STREAMS) {
          records.put(fixture.source.add(stream, "fine " + i), 1);
        }
      }
      fixture.pass(Duration.ofSeconds(5));
      server.answerLate();
    }
    fixture.work();

    long total = records.values().stream().mapToLong(Integer::longValue).sum();
    assertThat(fixture.source.acknowledged())
        .as(() -> "acknowledged blocks; " + fixture.dispatcher.status())
        .hasSize(records.size());
    assertThat(
            fixture.account().indexed()
                + fixture.account().duplicate()
                + fixture.account().deadLettered())
        .isEqualTo(total);
    assertThat(fixture.account().buffered()).isZero();
    assertThat(fixture.account().bufferedBytes()).isZero();
    assertThat(server.refusedForGood(fixture)).isEqualTo(fixture.account().deadLettered());
    assertThat(server.there.size() + fixture.account().deadLettered())
        .as("each is there, or a dead letter, or both when a reply was lost")
        .isGreaterThanOrEqualTo(total);
    assertThat(fixture.dispatcher.status().unresolvedBlocks()).isZero();
  }

  /// What becomes unreadable in the queue while it is shipped is no longer asked for once all of
  /// its records that were on their way are answered.
  @ParameterizedTest
  @MethodSource("seeds")
  void letsGoOfEachBlockThoseThatTheQueueLostAmongThem(long seed) {
    Random random = new Random(seed);
    DispatcherFixture fixture =
        new DispatcherFixture(
            folder, DataSize.ofKiB(16), 1 + random.nextInt(3), DataSize.ofMiB(8), seed);
    Server server = new Server(random);
    fixture.elasticsearch.answer(server::answer);
    Set<Long> all = new HashSet<>();
    for (int round = 0; round < 300; round++) {
      if (random.nextInt(3) == 0) {
        String[] lines = new String[1 + random.nextInt(60)];
        for (int i = 0; i < lines.length; i++) {
          lines[i] = line(random) + " " + round + "." + i;
        }
        all.add(fixture.source.add(STREAMS.get(random.nextInt(STREAMS.size())), lines));
      }
      if (random.nextInt(8) == 0 && !all.isEmpty()) {
        fixture.source.lose(random.nextInt(all.size()));
      }
      fixture.clock.advance(Duration.ofMillis(random.nextInt(300)));
      server.answerLate();
      fixture.work();
    }
    server.calm = true;
    for (int i = 0; i < 120; i++) {
      if (i % 10 == 0 && i < 60) {
        STREAMS.forEach(stream -> all.add(fixture.source.add(stream, "fine")));
      }
      fixture.pass(Duration.ofSeconds(5));
      server.answerLate();
    }
    fixture.work();

    assertThat(fixture.source.acknowledged())
        .as(() -> "blocks that were let go of; " + fixture.dispatcher.status())
        .isEqualTo(all);
    assertThat(fixture.account().buffered()).isZero();
    assertThat(fixture.account().bufferedBytes()).isZero();
  }

  private static String line(Random random) {
    return switch (random.nextInt(60)) {
      case 0 -> "poison";
      case 1 -> "unmappable";
      case 2 -> "x".repeat(20_000);
      default -> "x".repeat(random.nextInt(300));
    };
  }

  /// A server in bad health: it refuses, loses replies, answers late and in part.
  private static final class Server {
    final Set<String> there = new HashSet<>();
    final Set<String> letters = new HashSet<>();
    final List<Runnable> late = new ArrayList<>();
    final Random random;
    boolean calm;

    Server(Random random) {
      this.random = random;
    }

    @Nullable BulkReply answer(Request request) {
      BulkReply reply = judge(request);
      if (!calm && random.nextInt(3) == 0) {
        late.add(() -> request.answer().complete(reply));
        return null;
      }
      return reply;
    }

    private BulkReply judge(Request request) {
      boolean ofLetters = request.dataStream().contains("dead_letter");
      return switch (calm ? 99 : random.nextInt(30)) {
        case 0 -> new Refused(429, "", "busy", Duration.ofSeconds(1));
        case 1 -> new Refused(401, "security_exception", "who are you", null);
        case 2 -> new Unreadable("connection refused", false, null);
        case 3 -> {
          var _ = index(request, ofLetters);
          yield new Unreadable("reply lost", true, null);
        }
        case 4 -> new Refused(413, "", "too large", null);
        case 5 -> ScriptedTransport.each(request, item -> "403 cluster_block_exception: no");
        default -> inGoodHealth(request, ofLetters);
      };
    }

    private BulkReply inGoodHealth(Request request, boolean ofLetters) {
      if (request.bytes() > 18_000 && !ofLetters) {
        return new Refused(413, "", "too large", null);
      }
      if (!ofLetters && request.items().stream().anyMatch(item -> item.contains("poison"))) {
        return new Refused(400, "parse_exception", "malformed", null);
      }
      return index(request, ofLetters);
    }

    private BulkReply index(Request request, boolean ofLetters) {
      return ScriptedTransport.each(
          request,
          item -> {
            if (!calm && random.nextInt(10) == 0) {
              return "429 es_rejected_execution_exception: busy";
            }
            if (ofLetters && random.nextInt(4) == 0) {
              return "400 mapper_parsing_exception: not even this";
            }
            if (!ofLetters && item.contains("unmappable")) {
              return "400 document_parsing_exception: bad";
            }
            if (!ofLetters && item.contains("poison")) {
              return "503 unavailable: no";
            }
            boolean isNew = (ofLetters ? letters : there).add(InMemoryDataStream.id(item));
            return isNew ? "201" : "409 version_conflict_engine_exception: there";
          });
    }

    void answerLate() {
      while (!late.isEmpty() && (calm || random.nextInt(2) == 0)) {
        late.remove(random.nextInt(late.size())).run();
      }
    }

    /// Checks that no acknowledged block has a record that is nowhere.
    void settledBefore(
        Set<Long> acknowledged, Map<Long, Integer> records, DispatcherFixture fixture) {
      Set<String> known = new HashSet<>(there);
      known.addAll(letters);
      known.addAll(onDisk(fixture));
      for (long reference : acknowledged) {
        for (int ordinal = 0; ordinal < records.getOrDefault(reference, 0); ordinal++) {
          assertThat(known).contains(reference + "." + ordinal);
        }
      }
    }

    long refusedForGood(DispatcherFixture fixture) {
      Set<String> all = new HashSet<>(letters);
      all.addAll(onDisk(fixture));
      return all.size();
    }

    private static Set<String> onDisk(DispatcherFixture fixture) {
      Set<String> ids = new HashSet<>();
      try {
        fixture.disk.forEach(letter -> ids.add(letter.id()));
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return ids;
    }
  }
}
