package dev.longshore.alerting.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What rules read of Elasticsearch is bounded, also after an outage and with many keys; and a week
/// ago is the same time of day.
final class SearchCostTest {
  private static final int KEYS = 1_000;
  private static final Duration STEP = Duration.ofMinutes(6);
  private static final LogCondition ERRORS =
      new LogCondition(
          "log.level:error",
          "logs-*",
          List.of("kubernetes.pod.name"),
          Duration.ofMinutes(5),
          null,
          new LogPredicate.Frequency(3));

  /// As many keys as there are, page by page, each with three lines in every window; and for how
  /// long a time lines were read.
  private static final class Pages implements Searches {
    private Duration read = Duration.ZERO;

    @Override
    public JsonNode ask(String index, String what, ObjectNode body) {
      throw new AssertionError("nothing else is asked: " + what);
    }

    @Override
    public JsonNode search(String index, ObjectNode body) {
      JsonNode range = body.at("/query/bool/filter/0/range/@timestamp");
      read =
          read.plus(
              Duration.between(
                  Instant.parse(range.path("gte").asText()),
                  Instant.parse(range.path("lt").asText())));
      JsonNode keys = body.at("/aggs/keys");
      int from = keys.at("/composite/after/0").asInt(-1) + 1;
      int to = Math.min(KEYS, from + keys.at("/composite/size").asInt());
      ObjectNode answer = JSON.createObjectNode();
      ObjectNode page = answer.putObject("aggregations").putObject("keys");
      ArrayNode buckets = page.putArray("buckets");
      for (int key = from; key < to; key++) {
        ObjectNode bucket = buckets.addObject();
        bucket.putObject("key").put("0", Integer.toString(key));
        ObjectNode windows = bucket.putObject("w").putObject("buckets");
        keys.at("/aggs/w/filters/filters")
            .fieldNames()
            .forEachRemaining(window -> windows.putObject(window).put("doc_count", 3));
      }
      if (to > from) {
        page.putObject("after_key").put("0", to - 1);
      }
      return answer;
    }
  }

  @Test
  void manyKeysAfterAnOutageReadItsLinesOnlySomeTimes() throws SearchException {
    List<Instant> ends =
        IntStream.range(0, Schedule.MOST)
            .mapToObj(i -> ManualClock.START.plus(STEP.multipliedBy(i)))
            .toList();
    Windows windows = new Windows(ends, ERRORS.within());
    Duration outage = Duration.between(windows.first(), windows.last());

    Pages whole = new Pages();
    var expected = lines(whole).of(windows);
    Pages partwise = new Pages();
    var found = new PartwiseQuery(lines(partwise)).of(windows);

    assertThat(found).hasSize(Schedule.MOST).isEqualTo(expected);
    assertThat(found.getFirst()).hasSize(KEYS);
    assertThat(partwise.read).isLessThanOrEqualTo(outage.multipliedBy(2));
    assertThat(whole.read).as("in one piece").isGreaterThan(outage.multipliedBy(5));
  }

  private static LogQuery lines(Searches searches) {
    return Figures.lines(new KeyedSearch(searches, ERRORS, 10_000), ERRORS, 3);
  }

  @Test
  void aWeekAgoIsTheSameTimeOfDayAlsoAfterClocksWereChanged() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    assertThat(NewTerms.weekBefore(Instant.parse("2026-10-28T08:00:00Z"), berlin))
        .isEqualTo(Instant.parse("2026-10-21T07:00:00Z"));
    assertThat(NewTerms.weekBefore(Instant.parse("2026-04-01T07:00:00Z"), berlin))
        .isEqualTo(Instant.parse("2026-03-25T08:00:00Z"));
    assertThat(NewTerms.weekBefore(Instant.parse("2026-07-08T07:00:00Z"), berlin))
        .isEqualTo(Instant.parse("2026-07-01T07:00:00Z"));
  }
}
