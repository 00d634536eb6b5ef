package dev.longshore.e2e.torture;

import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.NetworkFault;
import dev.longshore.testkit.NetworkFault.ItemRefusal;
import dev.longshore.testkit.NetworkFault.Request;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What happens to requests at a time: storms that pass, and single blows. Asked by the proxy's
/// threads.
///
/// Poison is refused at any time, as a mapping would refuse it.
final class Weather implements NetworkFault.Judge {
  private static final String DEAD_LETTERS = "longshore.dead_letter";
  private static final Map<String, String> JSON =
      Map.of("Content-Type", "application/json", "X-elastic-product", "Elasticsearch");

  private final LongSupplier runMillis;

  /// All guarded by this.
  private final SplittableRandom random;

  private final Map<FaultKind, Storm> storms = new EnumMap<>(FaultKind.class);
  private final Set<String> refusedOnce = new HashSet<>();
  private @Nullable Runnable rollover;

  private record Storm(long untilMillis, double probability) {}

  Weather(long seed, LongSupplier runMillis) {
    this.random = new SplittableRandom(seed);
    this.runMillis = runMillis;
  }

  /// From now on, for a while.
  synchronized void storm(FaultKind kind, long forMillis, double probability) {
    storms.put(kind, new Storm(runMillis.getAsLong() + forMillis, probability));
  }

  /// The answer to the next bulk request is lost, and before the agent knows, this is done.
  synchronized void loseNextAnswer(Runnable between) {
    rollover = between;
  }

  /// All is quiet.
  synchronized void calm() {
    storms.clear();
    rollover = null;
  }

  private boolean strikes(FaultKind kind, boolean bulk) {
    Storm storm = storms.get(kind);
    if (storm == null || runMillis.getAsLong() >= storm.untilMillis()) {
      return false;
    }
    return random.nextDouble() < storm.probability() * (bulk ? 1 : 0.4);
  }

  @Override
  public synchronized NetworkFault judge(Request request) {
    boolean bulk = request.isBulk();
    Runnable between = rollover;
    if (bulk && between != null && !request.path().contains(DEAD_LETTERS)) {
      rollover = null;
      return new NetworkFault.LoseAnswer(between);
    }
    if (strikes(FaultKind.CUT_REQUESTS, bulk)) {
      return new NetworkFault.CutRequest(random.nextDouble());
    }
    if (strikes(FaultKind.LOSE_ANSWERS, bulk)) {
      return new NetworkFault.LoseAnswer(() -> {});
    }
    if (strikes(FaultKind.CUT_ANSWERS, bulk)) {
      return new NetworkFault.CutAnswer();
    }
    if (strikes(FaultKind.TOO_MANY, bulk)) {
      return refusal(429, "es_rejected_execution_exception", random.nextInt(3));
    }
    if (strikes(FaultKind.UNAVAILABLE, bulk)) {
      return random.nextBoolean()
          ? refusal(503, "no_shard_available_action_exception", random.nextInt(3))
          : html(503);
    }
    if (bulk && request.contentLength() > 20_000 && strikes(FaultKind.TOO_LARGE, true)) {
      return random.nextBoolean() ? refusal(413, "content_too_long_exception", 0) : html(413);
    }
    if (strikes(FaultKind.SLOW, bulk)) {
      return new NetworkFault.Delay(Duration.ofMillis(random.nextLong(200, 1_500)));
    }
    if (bulk && strikes(FaultKind.FAIL_ITEMS, true)) {
      return new NetworkFault.FailItems(this::badLuck);
    }
    return new NetworkFault.Pass();
  }

  private static NetworkFault refusal(int status, String type, int retryAfter) {
    Map<String, String> headers = new HashMap<>(JSON);
    if (retryAfter > 0) {
      headers.put("Retry-After", Integer.toString(retryAfter));
    }
    return new NetworkFault.Answer(
        status,
        headers,
        "{\"error\":{\"root_cause\":[],\"type\":\"%s\",\"reason\":\"bad weather\"},\"status\":%d}"
            .formatted(type, status));
  }

  private static NetworkFault html(int status) {
    return new NetworkFault.Answer(
        status,
        Map.of("Content-Type", "text/html"),
        "<html><body><h1>" + status + "</h1></body></html>");
  }

  /// Poison is refused at any time, but as a dead letter.
  @Nullable ItemRefusal poison(BulkSink.Item item) {
    return !isLetter(item) && item.document().contains(Piece.POISON)
        ? new ItemRefusal(400, "document_parsing_exception", "poison")
        : null;
  }

  private static boolean isLetter(BulkSink.Item item) {
    return item.dataStream().contains(DEAD_LETTERS);
  }

  private synchronized @Nullable ItemRefusal badLuck(BulkSink.Item item) {
    ItemRefusal poison = poison(item);
    if (poison != null || random.nextInt(8) != 0) {
      return poison;
    }
    return switch (random.nextInt(3)) {
      case 0 -> new ItemRefusal(429, "es_rejected_execution_exception", "bad weather");
      case 1 -> new ItemRefusal(503, "unavailable_shards_exception", "bad weather");
      default ->
          // Refused once; what the agent makes of it then is taken.
          !isLetter(item) && refusedOnce.add(item.id())
              ? new ItemRefusal(400, "document_parsing_exception", "bad weather")
              : null;
    };
  }
}
