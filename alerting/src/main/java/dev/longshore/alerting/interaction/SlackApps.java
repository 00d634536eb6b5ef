package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackWeb;
import dev.longshore.alerting.receiver.slack.socket.SocketMetrics;
import dev.longshore.alerting.receiver.slack.socket.SocketMode;
import dev.longshore.alerting.receiver.slack.socket.SocketStatus;
import dev.longshore.alerting.state.InternalAlerts;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The Slack apps of the configuration in force: connections for each, and the alert
/// [InternalAlerts#SLACK_ANSWERS_DOWN] for one that has none.
///
/// Its state is owned by the sockets' loop, which looks at the configuration each [#LOOK_EACH]; the
/// alerts are owned by the alerting loop.
public final class SlackApps implements AutoCloseable {
  static final Duration LOOK_EACH = Duration.ofSeconds(2);

  /// Slack renews connections, and networks hiccup; a token that is refused is told at once.
  static final Duration DOWN_AFTER = Duration.ofMinutes(2);

  /// What it works with.
  ///
  /// @param loop the alerting loop
  /// @param sockets the sockets' loop
  /// @param executor for what blocks
  /// @param commit waits until what was put is durable, or can't be for now
  /// @param receivers of the configuration in force; from any thread
  /// @param logs null where there are none
  /// @param leads whether this process may act on what people do
  public record Environment(
      Engine engine,
      Commit commit,
      Loop loop,
      Loop sockets,
      Clock clock,
      Executor executor,
      RandomGenerator random,
      MeterRegistry registry,
      Supplier<List<Receiver>> receivers,
      @Nullable LogSource logs,
      String externalUrl,
      BooleanSupplier leads) {}

  /// Waits for state to be written; not on a loop.
  public interface Commit {
    void await() throws InterruptedException;
  }

  /// What makes entries those of one app.
  private record Key(SecretSource token, String appUrl, HttpSettings http) {
    static Key of(SlackEntry entry) {
      String appUrl = entry.settings().access() instanceof SlackAccess.Bot bot ? bot.appUrl() : "";
      return new Key(entry.appLevelToken(), appUrl, entry.settings().http());
    }
  }

  private record Bot(SlackAccess access, HttpSettings http) {}

  private static final class App {
    private final Map<Bot, SlackWeb> webs = new ConcurrentHashMap<>();
    private volatile List<SlackEntry> entries;
    private @Nullable SocketMode sockets;
    private long upNanos;

    private App(List<SlackEntry> entries, long upNanos) {
      this.entries = List.copyOf(entries);
      this.upNanos = upNanos;
    }

    private SlackWeb web(SlackEntry entry) {
      return webs.computeIfAbsent(
          new Bot(entry.settings().access(), entry.settings().http()),
          _ -> SlackWeb.of(entry.settings()));
    }

    private SocketStatus status() {
      SocketMode open = sockets;
      return open == null ? new SocketStatus(0, null, false) : open.status();
    }

    private void close() {
      if (sockets != null) {
        sockets.close();
      }
      webs.values().forEach(SlackWeb::close);
    }
  }

  private final Environment environment;
  private final Interactions.Environment interactions;
  private final SocketMetrics metrics;
  private final Map<Key, App> apps = new LinkedHashMap<>();

  /// Owned by the alerting loop.
  private final InternalAlerts alerts;

  private volatile List<AppStatus> status = List.of();
  private boolean closed;

  /// How an app fares.
  ///
  /// @param receivers whose messages can be answered by it
  private record AppStatus(List<String> receivers, SocketStatus socket) {}

  public SlackApps(Environment environment) {
    this.environment = environment;
    this.metrics = new SocketMetrics(environment.registry());
    this.alerts = new InternalAlerts(environment.engine().alerts(), environment.clock());
    this.interactions =
        new Interactions.Environment(
            environment.engine(),
            environment.commit(),
            environment.loop(),
            environment.clock(),
            environment.executor(),
            environment.logs(),
            environment.externalUrl(),
            environment.leads(),
            new InteractionMetrics(environment.registry()));
  }

  /// Begins. On the alerting loop, once the engine has started.
  public void start() {
    for (Alert alert : List.copyOf(environment.engine().alerts().all())) {
      if (alert.name().equals(InternalAlerts.SLACK_ANSWERS_DOWN) && alert.endsAt() == null) {
        alerts.adopt(alert);
      }
    }
    environment.sockets().execute(this::look);
  }

  private void look() {
    if (closed) {
      return;
    }
    environment.sockets().in(LOOK_EACH, this::look);
    Map<Key, List<SlackEntry>> wanted = new LinkedHashMap<>();
    for (SlackEntry entry : SlackEntry.of(environment.receivers().get())) {
      wanted.computeIfAbsent(Key.of(entry), _ -> new ArrayList<>()).add(entry);
    }
    apps.entrySet()
        .removeIf(
            known -> {
              boolean gone = !wanted.containsKey(known.getKey());
              if (gone) {
                known.getValue().close();
              }
              return gone;
            });
    wanted.forEach(
        (key, entries) -> {
          App app = apps.get(key);
          if (app == null) {
            apps.put(key, open(key, entries));
          } else {
            app.entries = List.copyOf(entries);
          }
        });
    tell();
  }

  private App open(Key key, List<SlackEntry> entries) {
    App app = new App(entries, environment.clock().nanoTime());
    SocketMode sockets =
        new SocketMode(
            SlackWeb.of(entries.getFirst().settings(), key.token()),
            key.token(),
            new Interactions(interactions, () -> app.entries, app::web),
            environment.leads(),
            environment.clock(),
            environment.sockets(),
            environment.executor(),
            environment.random(),
            metrics);
    app.sockets = sockets;
    sockets.start();
    return app;
  }

  private void tell() {
    List<AppStatus> all = new ArrayList<>();
    Map<Labels, String> down = new LinkedHashMap<>();
    for (App app : apps.values()) {
      SocketStatus socket = app.status();
      List<String> receivers = app.entries.stream().map(SlackEntry::receiver).distinct().toList();
      all.add(new AppStatus(receivers, socket));
      if (socket.isConnected() || !environment.leads().getAsBoolean()) {
        app.upNanos = environment.clock().nanoTime();
      } else if (socket.lasting()
          || environment.clock().nanoTime() - app.upNanos > DOWN_AFTER.toNanos()) {
        String reason = socket.problem();
        down.put(labels(receivers), reason == null ? "no connection could be opened yet" : reason);
      }
    }
    status = List.copyOf(all);
    environment.loop().execute(() -> tell(down));
  }

  private static Labels labels(List<String> receivers) {
    return Labels.of(
        Labels.ALERT_NAME,
        InternalAlerts.SLACK_ANSWERS_DOWN,
        "severity",
        "warning",
        "receiver",
        receivers.getFirst());
  }

  /// On the alerting loop.
  private void tell(Map<Labels, String> down) {
    down.forEach(
        (labels, reason) ->
            alerts.raise(
                labels,
                Labels.of(
                    "summary",
                    "Slack can't tell alerting what people answer",
                    "description",
                    "Buttons under messages and /longshore have no effect; people are told of"
                        + " alerts all the same. "
                        + reason),
                List.of(),
                ""));
    alerts.endUnless(down::containsKey);
  }

  /// Writes how they fare, as a member of a status page. From any thread.
  public void writeStatus(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("slackApps");
    for (AppStatus app : status) {
      json.writeStartObject();
      json.writeArrayFieldStart("receivers");
      for (String receiver : app.receivers()) {
        json.writeString(receiver);
      }
      json.writeEndArray();
      json.writeNumberField("connections", app.socket().connected());
      String problem = app.socket().problem();
      json.writeStringField("problem", problem == null ? "" : problem);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /// Lets the connections go. On the sockets' loop.
  @Override
  public void close() {
    closed = true;
    apps.values().forEach(App::close);
    apps.clear();
  }
}
