package dev.longshore.alerting.api;

import com.google.re2j.Pattern;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/api/v2/alerts` and `/api/v2/alerts/groups`.
final class AlertsApi {
  private final Loop loop;
  private final Clock clock;
  private final AlertSink sink;
  private final Api.Commit commit;
  private final Supplier<Collection<Alert>> alerts;
  private final Supplier<Dispatcher> dispatcher;
  private final Supplier<Duration> resolveTimeout;
  private final ApiMetrics metrics;

  AlertsApi(
      Loop loop,
      Clock clock,
      AlertSink sink,
      Api.Commit commit,
      Supplier<Collection<Alert>> alerts,
      Supplier<Dispatcher> dispatcher,
      Supplier<Duration> resolveTimeout,
      ApiMetrics metrics) {
    this.loop = loop;
    this.clock = clock;
    this.sink = sink;
    this.commit = commit;
    this.alerts = alerts;
    this.dispatcher = dispatcher;
    this.resolveTimeout = resolveTimeout;
    this.metrics = metrics;
  }

  OpsReply alerts(OpsRequest request)
      throws ApiException, InterruptedException, ExecutionException, IOException {
    return request.method().equals("POST") ? post(request) : list(request);
  }

  private OpsReply post(OpsRequest request)
      throws ApiException, InterruptedException, ExecutionException, IOException {
    Instant now = clock.now();
    PostedAlerts posted = PostedAlerts.read(request.body(), now, resolveTimeout.get());
    posted.alerts().forEach(alert -> metrics.received(alert.isResolvedAt(now)));
    metrics.refused(posted.problems().size());
    if (!posted.alerts().isEmpty()) {
      loop.call(
          () -> {
            sink.put(posted.alerts());
            return true;
          });
      commit.await();
    }
    if (!posted.problems().isEmpty()) {
      throw new ApiException(400, String.join("; ", posted.problems()));
    }
    return new OpsReply(200, "application/json", "".getBytes(StandardCharsets.UTF_8));
  }

  /// Which alerts are asked for.
  private record AlertFilter(
      boolean active,
      boolean silenced,
      boolean inhibited,
      boolean muted,
      boolean unprocessed,
      List<Matcher> filter,
      @Nullable Pattern receiver) {

    static AlertFilter of(Query query) throws ApiException {
      return new AlertFilter(
          query.flag("active", true),
          query.flag("silenced", true),
          query.flag("inhibited", true),
          query.flag("muted", true),
          query.flag("unprocessed", true),
          query.filter(),
          query.receiver());
    }

    boolean has(Labels labels, Suppression suppression) {
      return Matchers.match(filter, labels)
          && (active || !suppression.isNotifiable())
          && (silenced || suppression.silencedBy().isEmpty())
          && (inhibited || suppression.inhibitedBy().isEmpty())
          && (muted || suppression.mutedBy().isEmpty());
    }

    boolean hasReceiver(Collection<String> names) {
      return receiver == null || names.stream().anyMatch(it -> receiver.matcher(it).matches());
    }
  }

  private record Shown(Alert alert, Suppression suppression, List<String> receivers) {}

  private OpsReply list(OpsRequest request)
      throws ApiException, InterruptedException, ExecutionException {
    AlertFilter alertFilter = AlertFilter.of(new Query(request.query()));
    Instant now = clock.now();
    List<Shown> shown = loop.call(() -> shown(alertFilter, now));
    shown.sort(Comparator.comparing(it -> it.alert().fingerprint()));
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartArray();
          for (Shown it : shown) {
            ApiJson.alert(json, it.alert(), it.suppression(), it.receivers(), now);
          }
          json.writeEndArray();
        });
  }

  private List<Shown> shown(AlertFilter alertFilter, Instant now) {
    Dispatcher routes = dispatcher.get();
    List<Shown> shown = new ArrayList<>();
    for (Alert alert : alerts.get()) {
      if (alert.isResolvedAt(now)) {
        continue;
      }
      Suppression suppression = routes.suppression(alert);
      List<String> receivers = routes.receivers(alert.labels());
      if (alertFilter.has(alert.labels(), suppression) && alertFilter.hasReceiver(receivers)) {
        shown.add(new Shown(alert, suppression, receivers));
      }
    }
    return shown;
  }

  OpsReply groups(OpsRequest request)
      throws ApiException, InterruptedException, ExecutionException {
    AlertFilter alertFilter = AlertFilter.of(new Query(request.query()));
    Instant now = clock.now();
    List<AlertGroup> groups = loop.call(() -> dispatcher.get().groups());
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartArray();
          for (AlertGroup group : groups) {
            List<AlertGroup.Member> members =
                group.members().stream()
                    .filter(it -> !it.alert().isResolvedAt(now))
                    .filter(it -> alertFilter.has(it.alert().labels(), it.suppression()))
                    .toList();
            if (members.isEmpty() || !alertFilter.hasReceiver(List.of(group.receiver()))) {
              continue;
            }
            json.writeStartObject();
            ApiJson.labels(json, "labels", group.labels());
            json.writeObjectFieldStart("receiver");
            json.writeStringField("name", group.receiver());
            json.writeEndObject();
            json.writeArrayFieldStart("alerts");
            for (AlertGroup.Member member : members) {
              ApiJson.alert(
                  json, member.alert(), member.suppression(), List.of(group.receiver()), now);
            }
            json.writeEndArray();
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
