package dev.longshore.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;

/// A week of logs of four services as documents in Elasticsearch, and three days before it: more by
/// day than at night, one line in a hundred an error of a known kind, and four incidents. The same
/// seed gives the same week but for its date.
final class LogWeek {
  static final String STREAM = "logs-kubernetes.bench_week-default";
  static final Duration WEEK = Duration.ofDays(7);

  /// Before the week, so that errors of the week are known by then.
  private static final Duration LEAD = Duration.ofDays(3);

  private static final int LINES_OF_A_BULK = 5_000;
  private static final long SEED = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Errors that are always there, by their fingerprints.
  private static final List<String> KNOWN = List.of("4f1a", "77c0", "9be2", "a513", "c8d4", "e06f");

  /// Errors that come at a time.
  ///
  /// @param day from 0, and the time of that day in UTC
  private record Incident(
      int day, Duration at, Duration lasts, int errors, String service, String fingerprint) {}

  private static final List<Incident> INCIDENTS =
      List.of(
          new Incident(1, Duration.ofMinutes(190), Duration.ofMinutes(8), 400, "checkout", "4f1a"),
          new Incident(3, Duration.ofMinutes(840), Duration.ofMinutes(25), 900, "billing", "9be2"),
          new Incident(4, Duration.ofMinutes(1_315), Duration.ofMinutes(3), 70, "search", "a513"),
          new Incident(
              5,
              Duration.ofMinutes(630),
              Duration.ofMinutes(40),
              9,
              "checkout",
              "new-after-deploy"));

  private record Line(Instant at, String service, boolean isError, String fingerprint) {}

  private final Elastic elastic;
  private final Instant end;
  private final SplittableRandom random = new SplittableRandom(SEED);

  /// @param end of the week
  LogWeek(Elastic elastic, Instant end) {
    this.elastic = elastic;
    this.end = end;
  }

  /// Puts so many lines, and those of the incidents.
  ///
  /// @param progress told how much is done, from 0 to 1
  /// @return how many there are
  long put(long lines, DoubleConsumer progress) throws IOException {
    elastic.request("DELETE", "/_data_stream/" + STREAM, null);
    new DataStreamTemplate(elastic, STREAM, null).install();
    List<Line> all = new ArrayList<>();
    while (all.size() < lines) {
      Instant at = end.minusMillis(1 + random.nextLong(WEEK.plus(LEAD).toMillis()));
      if (random.nextDouble() < busy(at)) {
        boolean isError = random.nextInt(100) == 0;
        all.add(new Line(at, service(), isError, KNOWN.get(random.nextInt(KNOWN.size()))));
      }
    }
    INCIDENTS.forEach(it -> add(it, all));
    all.sort(Comparator.comparing(Line::at));
    for (int from = 0; from < all.size(); from += LINES_OF_A_BULK) {
      int to = Math.min(all.size(), from + LINES_OF_A_BULK);
      send("_bulk", bulk(all.subList(from, to)));
      progress.accept((double) to / all.size());
    }
    send("_refresh", "");
    return all.size();
  }

  /// By day there is four times as much as at night.
  private static double busy(Instant at) {
    double hour = at.atZone(ZoneOffset.UTC).toLocalTime().toSecondOfDay() / 3_600.0;
    return 0.625 - 0.375 * Math.cos((hour - 2) / 24 * 2 * Math.PI);
  }

  private String service() {
    return LogCorpus.CONTAINERS.get(random.nextInt(LogCorpus.CONTAINERS.size()));
  }

  private void add(Incident incident, List<Line> all) {
    Instant day =
        end.minus(WEEK)
            .atZone(ZoneOffset.UTC)
            .toLocalDate()
            .plusDays(1L + incident.day)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    for (int i = 0; i < incident.errors; i++) {
      Instant at = day.plus(incident.at).plusMillis(random.nextLong(incident.lasts.toMillis()));
      all.add(new Line(at, incident.service, true, incident.fingerprint));
    }
  }

  private String bulk(List<Line> lines) {
    StringBuilder body = new StringBuilder(lines.size() * 400);
    for (Line line : lines) {
      ObjectNode document = JSON.createObjectNode();
      document.put("@timestamp", line.at.toString());
      document.put("service.name", line.service);
      document.put("kubernetes.namespace", LogCorpus.NAMESPACE);
      document.put("kubernetes.pod.name", LogCorpus.podName(line.service));
      document.put("kubernetes.container.name", line.service);
      document.put("log.level", line.isError ? "error" : "info");
      if (line.isError) {
        document.put("error.fingerprint", line.fingerprint);
        document.put("error.type", "java.lang.IllegalStateException");
        document.put("message", "IllegalStateException: request " + random.nextInt(100_000));
      } else {
        document.put("message", "GET /api/v2/orders/" + random.nextInt(100_000) + " 200");
      }
      body.append("{\"create\":{}}\n").append(document).append('\n');
    }
    return body.toString();
  }

  private void send(String what, String body) throws IOException {
    String path = "/" + STREAM + "/" + what;
    Elastic.Response reply =
        elastic.request(
            "POST", path, body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused("POST " + path);
    }
    if (JSON.readTree(reply.body()).path("errors").asBoolean()) {
      throw new IOException("some lines were refused by " + path);
    }
  }
}
