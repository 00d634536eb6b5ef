package dev.longshore.alerting.api;

import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.silence.NoSuchSilenceException;
import dev.longshore.alerting.silence.Silence;
import dev.longshore.alerting.silence.SilenceRequest;
import dev.longshore.alerting.silence.Silences;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/// `/api/v2/silences` and `/api/v2/silence/{id}`.
final class SilencesApi {
  private final Loop loop;
  private final Clock clock;
  private final Silences silences;
  private final Api.Recorded commit;

  SilencesApi(Loop loop, Clock clock, Silences silences, Api.Recorded commit) {
    this.loop = loop;
    this.clock = clock;
    this.silences = silences;
    this.commit = commit;
  }

  OpsReply silences(OpsRequest request) throws ApiException, InterruptedException, IOException {
    return request.method().equals("POST") ? post(request) : list(request);
  }

  private OpsReply post(OpsRequest request) throws ApiException, InterruptedException, IOException {
    SilenceRequest wanted = PostedSilence.read(request.body(), request.caller().name());
    String id = call(() -> silences.put(wanted));
    commit.await();
    return ApiJson.reply(
            200,
            json -> {
              json.writeStartObject();
              json.writeStringField("silenceID", id);
              json.writeEndObject();
            })
        .changing(change(id, wanted));
  }

  private static Map<String, String> change(String id, SilenceRequest silence) {
    Map<String, String> what = new LinkedHashMap<>();
    what.put("change", silence.id().isEmpty() ? "silence made" : "silence changed");
    what.put("silence", id);
    what.put("matchers", silence.matchers().toString());
    what.put("starts_at", silence.startsAt().toString());
    what.put("ends_at", silence.endsAt().toString());
    what.put("created_by", silence.createdBy());
    what.put("comment", silence.comment());
    return what;
  }

  private OpsReply list(OpsRequest request) throws ApiException, InterruptedException {
    Query query = new Query(request.query());
    List<Matcher> filter = query.filter();
    boolean active = query.flag("active", true);
    boolean expired = query.flag("expired", true);
    boolean pending = query.flag("pending", true);
    Instant now = clock.now();
    List<Silence> shown = new ArrayList<>();
    for (Silence silence : call(silences::all)) {
      boolean wanted =
          switch (silence.state(now)) {
            case ACTIVE -> active;
            case EXPIRED -> expired;
            case PENDING -> pending;
          };
      // As in Alertmanager: by a matcher with this name, this operator and this value.
      if (wanted && silence.matchers().containsAll(filter)) {
        shown.add(silence);
      }
    }
    shown.sort(order(now));
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartArray();
          for (Silence silence : shown) {
            ApiJson.silence(json, silence, now);
          }
          json.writeEndArray();
        });
  }

  /// Active ones by their end, then pending ones by their start, then the latest of the ended ones.
  private static Comparator<Silence> order(Instant now) {
    return Comparator.comparingInt((Silence it) -> rank(it.state(now)))
        .thenComparing(
            (a, b) ->
                switch (a.state(now)) {
                  case ACTIVE -> a.endsAt().compareTo(b.endsAt());
                  case PENDING -> a.startsAt().compareTo(b.startsAt());
                  case EXPIRED -> b.endsAt().compareTo(a.endsAt());
                });
  }

  private static int rank(Silence.State state) {
    return switch (state) {
      case ACTIVE -> 0;
      case PENDING -> 1;
      case EXPIRED -> 2;
    };
  }

  OpsReply silence(OpsRequest request, String id) throws ApiException, InterruptedException {
    if (request.method().equals("DELETE")) {
      call(
          () -> {
            silences.expire(id);
            return true;
          });
      commit.await();
      return new OpsReply(200, "application/json", "".getBytes(StandardCharsets.UTF_8))
          .changing(Map.of("change", "silence ended", "silence", id));
    }
    Silence silence = call(() -> silences.get(id));
    return ApiJson.reply(200, json -> ApiJson.silence(json, silence, clock.now()));
  }

  private <T> T call(Callable<T> task) throws ApiException, InterruptedException {
    try {
      return loop.call(task);
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case NoSuchSilenceException missing ->
            new ApiException(404, String.valueOf(missing.getMessage()));
        case IllegalArgumentException unsound ->
            new ApiException(400, String.valueOf(unsound.getMessage()));
        case null, default -> new ApiException(500, String.valueOf(e.getCause()));
      };
    }
  }
}
