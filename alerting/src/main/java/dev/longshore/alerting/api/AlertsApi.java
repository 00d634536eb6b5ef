package dev.longshore.alerting.api;

import com.google.re2j.Pattern;
import dev.longshore.alerting.acknowledge.Acknowledgements;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.route.Routing;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/api/v2/alerts` and `/api/v2/alerts/groups`.
///
/// What is posted is read as it arrives and what is listed is written as it is sent, so that a
/// request takes little memory, whatever is in it. There are at most so many at a time.
final class AlertsApi {

  /// Lists that are written at a time.
  private static final int READERS = 4;

  /// Some 100 µs of writing.
  private static final int ALERTS_PER_SLICE = 20;

  /// How long a request waits for its turn; less than what clients wait for an answer.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  /// How soon somebody may try again what there was no room for, in seconds.
  private static final String RETRY_AFTER = "60";

  private final Loop loop;
  private final Clock clock;
  private final AlertSink sink;
  private final Api.Recorded commit;
  private final Supplier<Collection<Alert>> alerts;
  private final Supplier<Dispatcher> dispatcher;
  private final Supplier<Api.InForce> inForce;
  private final ApiMetrics metrics;
  private final Admission readers = new Admission(READERS, PATIENCE);
  private final IntakeBudget intake;
  private final Snapshots<List<Shown>> shownAlerts;
  private final Snapshots<Grouped> shownGroups;

  /// @param intakeBytes what posted alerts may take on the heap until they are put
  AlertsApi(
      Loop loop,
      Clock clock,
      AlertSink sink,
      Api.Recorded commit,
      Supplier<Collection<Alert>> alerts,
      Supplier<Dispatcher> dispatcher,
      Acknowledgements acknowledgements,
      Supplier<Api.InForce> inForce,
      long intakeBytes,
      ApiMetrics metrics) {
    this.loop = loop;
    this.clock = clock;
    this.sink = sink;
    this.commit = commit;
    this.alerts = alerts;
    this.dispatcher = dispatcher;
    this.inForce = inForce;
    this.metrics = metrics;
    this.intake = new IntakeBudget(intakeBytes, PATIENCE);
    Snapshots.Pace pace = new Snapshots.Pace(clock);
    this.shownAlerts = new Snapshots<>(loop, clock, pace, this::shown, AlertsApi::sorted);
    this.shownGroups =
        new Snapshots<>(
            loop, clock, pace, () -> grouped(dispatcher.get(), acknowledgements), Grouped::inOrder);
  }

  private static Grouped grouped(Dispatcher dispatcher, Acknowledgements acknowledgements) {
    Routing routing = dispatcher.routing();
    return new Grouped(
        dispatcher.groups().stream().map(acknowledgements::with).toList(),
        routing,
        routing.hasOneWay());
  }

  OpsReply alerts(OpsRequest request) throws Exception {
    return request.method().equals("POST") ? post(request) : readers.admit(() -> list(request));
  }

  private OpsReply post(OpsRequest request)
      throws ApiException, InterruptedException, ExecutionException, IOException {
    PostedAlerts posted;
    List<AlertSink.Refusal> refusals = List.of();
    try (IntakeBudget.Taken taken = intake.open()) {
      Instant now = clock.now();
      posted = PostedAlerts.read(request.stream(), now, inForce.get().resolveTimeout(), taken);
      posted.alerts().forEach(alert -> metrics.received(alert.isResolvedAt(now)));
      metrics.refused(posted.refused());
      if (!posted.alerts().isEmpty()) {
        refusals = loop.call(() -> sink.put(posted.alerts()));
        commit.await();
      }
    }
    if (!refusals.isEmpty()) {
      return ApiJson.error(
              503,
              "%d of %d alerts are not taken, the others are: %s"
                  .formatted(refusals.size(), posted.alerts().size(), refusals.getFirst().reason()))
          .with("Retry-After", RETRY_AFTER);
    }
    if (posted.refused() > 0) {
      throw new ApiException(
          400,
          String.join("; ", posted.problems())
              + (posted.refused() > posted.problems().size()
                  ? "; and %d more".formatted(posted.refused() - posted.problems().size())
                  : ""));
    }
    return new OpsReply(200, "application/json", "".getBytes(StandardCharsets.UTF_8))
        .changingRoutinely(Map.of("change", "alerts posted, as from now on"));
  }

  /// Which alerts are asked for.
  private record AlertFilter(
      boolean active,
      boolean silenced,
      boolean inhibited,
      boolean muted,
      boolean unprocessed,
      List<Matcher> filter,
      @Nullable Pattern receiver,
      List<Matcher> receiverMatchers,
      Api.InForce inForce) {

    static AlertFilter of(Query query, Api.InForce inForce) throws ApiException {
      return new AlertFilter(
          query.flag("active", true),
          query.flag("silenced", true),
          query.flag("inhibited", true),
          query.flag("muted", true),
          query.flag("unprocessed", true),
          query.filter(),
          query.receiver(),
          query.matchers("receiver_matchers"),
          inForce);
    }

    boolean has(Labels labels, Suppression suppression) {
      return Matchers.match(filter, labels)
          && (active || !suppression.isNotifiable())
          && (silenced || suppression.silencedBy().isEmpty())
          && (inhibited || suppression.inhibitedBy().isEmpty())
          && (muted || suppression.mutedBy().isEmpty());
    }

    boolean hasReceiver(Collection<String> names) {
      return (receiver == null || names.stream().anyMatch(it -> receiver.matcher(it).matches()))
          && (receiverMatchers.isEmpty()
              || names.stream()
                  .anyMatch(it -> Matchers.match(receiverMatchers, inForce.receiverLabels(it))));
    }
  }

  private record ShownGroup(AlertGroup group, List<AlertGroup.Member> members) {}

  /// Groups in Alertmanager's order: those by fewer labels first.
  private static List<AlertGroup> inOrder(List<AlertGroup> groups) {
    return groups.stream()
        .sorted(
            Comparator.<AlertGroup>comparingInt(group -> group.labels().asMap().size())
                .thenComparing(AlertGroup::labels)
                .thenComparing(AlertGroup::receiver))
        .toList();
  }

  /// Groups with the routes that made them.
  ///
  /// @param oneWay whether each alert is in one group alone
  private record Grouped(List<AlertGroup> groups, Routing routing, boolean oneWay) {
    Grouped inOrder() {
      return new Grouped(AlertsApi.inOrder(groups), routing, oneWay);
    }

    /// Who is told of an alert of a group, by the groups that are asked for. It is asked of the
    /// routes, so that nothing is kept for each of 100,000 alerts.
    List<String> receivers(AlertGroup group, Alert alert, AlertFilter filter) {
      return oneWay
          ? List.of(group.receiver())
          : routing.receivers(alert.labels()).stream()
              .filter(it -> filter.hasReceiver(List.of(it)))
              .sorted()
              .toList();
    }
  }

  private record Shown(Alert alert, Suppression suppression, List<String> receivers) {}

  private OpsReply list(OpsRequest request)
      throws ApiException, InterruptedException, ExecutionException {
    AlertFilter alertFilter = AlertFilter.of(new Query(request.query()), inForce.get());
    List<Shown> shown = shownAlerts.get();
    Instant now = clock.now();
    FilterTime time = new FilterTime(clock);
    List<Shown> wanted = new ArrayList<>();
    for (Shown it : shown) {
      time.check();
      if (!it.alert().isResolvedAt(now)
          && alertFilter.has(it.alert().labels(), it.suppression())
          && alertFilter.hasReceiver(it.receivers())) {
        wanted.add(it);
      }
    }
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartArray();
          int written = 0;
          for (Shown it : wanted) {
            yieldEach(++written);
            ApiJson.alert(json, it.alert(), it.suppression(), it.receivers(), now);
          }
          json.writeEndArray();
        });
  }

  private List<Shown> shown() {
    Dispatcher routes = dispatcher.get();
    Instant now = clock.now();
    Map<List<String>, List<String>> receivers = new HashMap<>();
    List<Shown> shown = new ArrayList<>();
    for (Alert alert : alerts.get()) {
      if (!alert.isResolvedAt(now)) {
        List<String> names = routes.receivers(alert.labels());
        shown.add(
            new Shown(
                alert, routes.suppression(alert), receivers.computeIfAbsent(names, own -> own)));
      }
    }
    return shown;
  }

  private static List<Shown> sorted(List<Shown> shown) {
    shown.sort(Comparator.comparing(it -> it.alert().fingerprint()));
    return shown;
  }

  /// Virtual threads are not preempted: a long list lets those run that post and notify.
  @SuppressWarnings("ThreadPriorityCheck")
  private static void yieldEach(int written) {
    if (written % ALERTS_PER_SLICE == 0) {
      Thread.yield();
    }
  }

  OpsReply groups(OpsRequest request) throws Exception {
    return readers.admit(() -> listGroups(request));
  }

  private OpsReply listGroups(OpsRequest request)
      throws ApiException, InterruptedException, ExecutionException {
    AlertFilter alertFilter = AlertFilter.of(new Query(request.query()), inForce.get());
    Grouped grouped = shownGroups.get();
    Instant now = clock.now();
    FilterTime time = new FilterTime(clock);
    List<ShownGroup> wanted = new ArrayList<>();
    for (AlertGroup group : grouped.groups()) {
      if (!alertFilter.hasReceiver(List.of(group.receiver()))) {
        continue;
      }
      List<AlertGroup.Member> members = new ArrayList<>();
      for (AlertGroup.Member it : group.members()) {
        time.check();
        if (!it.alert().isResolvedAt(now)
            && alertFilter.has(it.alert().labels(), it.suppression())) {
          members.add(it);
        }
      }
      if (!members.isEmpty()) {
        wanted.add(new ShownGroup(group, members));
      }
    }
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartArray();
          for (ShownGroup one : wanted) {
            AlertGroup group = one.group();
            json.writeStartObject();
            json.writeStringField("id", group.hash());
            ApiJson.acknowledgement(json, group.acknowledgement());
            ApiJson.labels(json, "labels", group.labels());
            json.writeObjectFieldStart("receiver");
            json.writeStringField("name", group.receiver());
            json.writeEndObject();
            json.writeArrayFieldStart("alerts");
            int written = 0;
            for (AlertGroup.Member member : one.members()) {
              yieldEach(++written);
              ApiJson.alert(
                  json,
                  member.alert(),
                  member.suppression(),
                  grouped.receivers(group, member.alert(), alertFilter),
                  now);
            }
            json.writeEndArray();
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
