package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ElasticsearchServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing is lost and nothing doubled, whatever is done to the agent and around it, and its ledger
/// balances. A short run; `./longshore torture --for 10m` is the long one.
final class TortureE2E {
  /// With this one each kind of fault has its turn within 40 s.
  private static final String SEED = "229";

  private static final String LENGTH = "40s";

  /// A server that starts again on a busy machine, and records in doubt that wait for a minute.
  private static final Duration LIMIT = Duration.ofMinutes(9);

  private static final int KINDS = 20;

  /// Mounting a file system and making a PID namespace are left to root.
  private static final String FOR_ROOT = "full-disk,delete-unread,pid-namespace";

  @TempDir Path folder;

  @Test
  void losesAndDoublesNothingInAShortRunOfAllFaults() throws Exception {
    Path json = folder.resolve("result.json");
    boolean root = isRoot();
    List<String> arguments =
        new ArrayList<>(
            List.of("torture", "--for", LENGTH, "--seed", SEED, "--json", json.toString()));
    if (!root) {
      arguments.addAll(List.of("--without", FOR_ROOT));
    }

    // Elasticsearch is killed in it: it starts one of its own.
    var torture =
        CommandLine.longshore(
            LIMIT, Map.of(ElasticsearchServer.URL_VARIABLE, ""), arguments.toArray(String[]::new));

    assertThat(json).as(torture.output()).exists();
    JsonNode result = new ObjectMapper().readTree(Files.readString(json));
    assertThat(result.path("lost").asInt(-1)).as(torture.output()).isZero();
    assertThat(result.path("doubled").asInt(-1)).as(torture.output()).isZero();
    assertThat(result.path("findings")).as(torture.output()).isEmpty();
    assertThat(result.path("problems")).as(torture.output()).isEmpty();
    assertThat(torture.exit()).as(torture.output()).isZero();
    assertThat(result.path("linesWritten").asLong()).isGreaterThan(5_000);
    assertThat(result.path("bytesReportedLost").asLong())
        .isEqualTo(result.path("bytesDeletedUnread").asLong());
    assertThatLedgerBalances(result.path("ledger"));
    assertThat(result.path("booksLookedAt").asInt()).isGreaterThan(20);
    assertThat(result.path("faults").size() + onlyPassedOver(result))
        .as("kinds of faults")
        .isEqualTo(root ? KINDS : KINDS - 2);
  }

  /// The queue is empty by then: what went in has an outcome.
  private static void assertThatLedgerBalances(JsonNode ledger) {
    assertThat(ledger.path("read").asLong()).isPositive();
    assertThat(ledger.path("recovered").asLong() + ledger.path("read").asLong())
        .as("%s", ledger)
        .isEqualTo(
            ledger.path("indexed").asLong()
                + ledger.path("duplicate").asLong()
                + ledger.path("deadLettered").asLong()
                + ledger.path("filtered").asLong());
  }

  /// Kinds that could not be done at any time.
  private static long onlyPassedOver(JsonNode result) {
    return result.path("faultsPassedOver").properties().stream()
        .filter(kind -> !result.path("faults").has(kind.getKey()))
        .count();
  }

  private boolean isRoot() throws Exception {
    return Files.getAttribute(folder, "unix:uid") instanceof Integer uid && uid == 0;
  }
}
