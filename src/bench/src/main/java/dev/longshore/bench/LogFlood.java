package dev.longshore.bench;

import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/// A day of documents as the agent writes them, evenly spread over 50 services in five namespaces:
/// one in a hundred is an error of one of 40 fingerprints. The same seed gives the same documents
/// but for their date.
final class LogFlood {
  static final String STREAM = "logs-kubernetes.bench_flood-default";
  static final Duration LENGTH = Duration.ofDays(1);

  private static final int SERVICES = 50;
  private static final int NAMESPACES = 5;
  private static final int FINGERPRINTS = 40;
  private static final int BULK = 5_000;
  private static final int IN_FLIGHT = 2;

  private final Elastic elastic;
  private final Instant end;
  private final SplittableRandom random = new SplittableRandom(11);

  /// @param end of the day
  LogFlood(Elastic elastic, Instant end) {
    this.elastic = elastic;
    this.end = end;
  }

  /// Puts so many documents, in the order of their time.
  ///
  /// @param progress told how many there are so far
  void put(long documents, LongConsumer progress) throws IOException {
    new DataStreamTemplate(elastic, STREAM, null).install();
    Deque<CompletableFuture<BulkReply>> inFlight = new ArrayDeque<>();
    Instant begin = end.minus(LENGTH);
    for (long from = 0; from < documents; from += BULK) {
      int count = (int) Math.min(BULK, documents - from);
      StringBuilder body = new StringBuilder(count * 600);
      for (long n = from; n < from + count; n++) {
        append(body, begin.plusNanos((long) ((double) n / documents * LENGTH.toNanos())));
      }
      byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
      if (inFlight.size() == IN_FLIGHT) {
        require(inFlight.remove().join());
      }
      inFlight.add(elastic.bulk(STREAM, bytes, bytes.length, count, false));
      progress.accept(from + count);
    }
    while (!inFlight.isEmpty()) {
      require(inFlight.remove().join());
    }
    elastic.request("POST", "/" + STREAM + "/_refresh", null);
  }

  private static void require(BulkReply reply) throws IOException {
    if (!(reply instanceof BulkReply.Answered answered) || !answered.failures().isEmpty()) {
      throw new IOException("documents were refused: " + reply);
    }
  }

  private void append(StringBuilder body, Instant at) {
    int service = random.nextInt(SERVICES);
    boolean error = random.nextInt(100) == 0;
    body.append("{\"create\":{}}\n{\"@timestamp\":\"").append(at);
    body.append("\",\"message\":\"");
    if (error) {
      body.append("java.lang.IllegalStateException: order ").append(random.nextInt(1_000_000));
      body.append(" is not open\",\"log\":{\"level\":\"error\"},\"error\":{\"fingerprint\":\"f");
      body.append(random.nextInt(FINGERPRINTS));
      body.append("\",\"type\":\"java.lang.IllegalStateException\"}");
    } else {
      body.append("GET /api/v2/orders/").append(random.nextInt(1_000_000));
      body.append(" 200\",\"log\":{\"level\":\"info\"},\"numbers\":{\"durationMs\":");
      body.append(random.nextInt(1, 900)).append('}');
    }
    body.append(",\"service\":{\"name\":\"service-").append(service);
    body.append("\"},\"kubernetes\":{\"namespace\":\"team-").append(service % NAMESPACES);
    body.append("\",\"pod\":{\"name\":\"service-").append(service).append("-7d9f8b6c5-x2x4z");
    body.append("\"},\"container\":{\"name\":\"app\"},\"node\":{\"name\":\"node-");
    body.append(service % 7).append("\"}}}\n");
  }
}
