package dev.longshore.alerting.receiver.slack.socket;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackWeb;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The connections of one Slack app: [#CONNECTIONS] at a time, so that a press arrives while one of
/// them is renewed.
///
/// All state is owned by the sockets' loop; the token is read, URLs are asked for and envelopes are
/// handled on the executor.
public final class SocketMode implements AutoCloseable {

  /// Slack takes ten of an app, and sends each envelope by one of them.
  static final int CONNECTIONS = 2;

  /// A greeting comes at once.
  static final Duration GREETING = Duration.ofSeconds(10);

  /// A connection of which nothing was heard for so long is dead; we ping three times in it.
  static final Duration SILENCE = Duration.ofSeconds(30);

  static final Duration LOOK_EACH = Duration.ofSeconds(10);

  /// After a warning Slack ends a connection within seconds.
  static final Duration RETIRES = Duration.ofMinutes(1);

  static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private static final class Slot {
    private @Nullable SocketConnection current;
    private boolean opening;
    private int failures;
    private Loop.@Nullable Timer retry;
  }

  private final SlackWeb web;
  private final SecretSource token;
  private final BooleanSupplier leads;
  private final Clock clock;
  private final Loop loop;
  private final Executor executor;
  private final RandomGenerator random;
  private final SocketMetrics metrics;
  private final RateLimitedLogger log;
  private final Envelopes envelopes;
  private final SocketConnection.Owner owner = new FromConnections();

  private final List<Slot> slots = new ArrayList<>();
  private final List<SocketConnection> retiring = new ArrayList<>();

  /// What connections were opened with; null before the first.
  private @Nullable String tokenInUse;

  private @Nullable String problem;
  private boolean lasting;
  private int connected;
  private boolean closed;

  private volatile SocketStatus status = new SocketStatus(0, null, false);

  /// @param web with the token
  /// @param leads whether this process may act on what people do
  /// @param loop the sockets'; not the one that owns alerts
  public SocketMode(
      SlackWeb web,
      SecretSource token,
      EnvelopeHandler handler,
      BooleanSupplier leads,
      Clock clock,
      Loop loop,
      Executor executor,
      RandomGenerator random,
      SocketMetrics metrics) {
    this.web = web;
    this.token = token;
    this.leads = leads;
    this.clock = clock;
    this.loop = loop;
    this.executor = executor;
    this.random = random;
    this.metrics = metrics;
    this.log =
        new RateLimitedLogger(
            LoggerFactory.getLogger(SocketMode.class), clock, Duration.ofMinutes(1));
    this.envelopes = new Envelopes(handler, loop, executor, metrics, log);
  }

  /// Begins. On the sockets' loop.
  public void start() {
    for (int i = 0; i < CONNECTIONS; i++) {
      Slot slot = new Slot();
      slots.add(slot);
      open(slot);
    }
    loop.in(LOOK_EACH, this::look);
  }

  /// How it fares. From any thread.
  public SocketStatus status() {
    return status;
  }

  /// When the connection was heard that was heard least lately.
  long quietestNanos() {
    return slots.stream()
        .filter(it -> it.current != null)
        .mapToLong(it -> it.current.heardNanos())
        .min()
        .orElse(Long.MIN_VALUE);
  }

  private void open(Slot slot) {
    if (closed || slot.opening || !leads.getAsBoolean()) {
      return;
    }
    slot.opening = true;
    slot.retry = null;
    executor.execute(() -> attempt(slot));
  }

  /// On the executor.
  private void attempt(Slot slot) {
    String used;
    try {
      used = token.value();
    } catch (UncheckedIOException e) {
      String reason = String.valueOf(e.getMessage());
      loop.execute(
          () -> {
            tokenInUse = ""; // whatever it will be is another
            failed(slot, reason, true, null);
          });
      return;
    }
    SlackWeb.Reply<String> url = web.connectionUrl();
    if (url.value() == null) {
      boolean lasts = url.failure() instanceof DeliveryResult.Misconfigured;
      Duration wait = url.failure() instanceof DeliveryResult.Retry retry ? retry.after() : null;
      String reason = SocketErrors.words(url);
      loop.execute(
          () -> {
            tokenInUse = used;
            failed(slot, reason, lasts, wait);
          });
      return;
    }
    SocketConnection connection = new SocketConnection(clock, owner);
    try {
      connection.opened(web.connect(url.value(), connection));
      loop.execute(() -> opened(slot, connection, used));
    } catch (IOException e) {
      String reason = "the WebSocket can't be opened: " + FailureText.of(e);
      loop.execute(() -> failed(slot, reason, false, null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connection.abort();
    }
  }

  private void opened(Slot slot, SocketConnection connection, String used) {
    slot.opening = false;
    if (closed) {
      connection.abort();
      return;
    }
    tokenInUse = used;
    if (connection.over) {
      failed(slot, "the connection ended at once", false, null);
      return;
    }
    SocketConnection before = slot.current;
    if (before != null) {
      retire(before);
    }
    slot.current = connection;
    changed();
  }

  /// A connection that another one stands in for; it ends by itself.
  private void retire(SocketConnection connection) {
    connection.retiring = true;
    connection.openedNanos = clock.nanoTime();
    retiring.add(connection);
  }

  private void failed(Slot slot, String reason, boolean lasts, @Nullable Duration retryAfter) {
    slot.opening = false;
    slot.failures++;
    problem = reason;
    lasting = lasts;
    metrics.failed();
    log.warn(
        reason,
        event ->
            event
                .setMessage("Slack can't tell what people answer: no connection")
                .addKeyValue("reason", reason));
    changed();
    Duration wait = lasts ? LONGEST_WAIT : backOff(slot.failures);
    reopen(slot, retryAfter != null && retryAfter.compareTo(wait) > 0 ? retryAfter : wait);
  }

  /// 1 s, 2 s, 4 s… up to a minute, up to a quarter more or less.
  private Duration backOff(int failures) {
    long millis = FIRST_WAIT.toMillis() << Math.clamp(failures - 1L, 0, 6);
    double factor = 0.75 + random.nextDouble() / 2;
    return Duration.ofMillis((long) (Math.min(millis, LONGEST_WAIT.toMillis()) * factor));
  }

  private void reopen(Slot slot, Duration wait) {
    if (!closed && slot.retry == null) {
      slot.retry = loop.in(wait, () -> open(slot));
    }
  }

  private void changed() {
    int now = 0;
    for (Slot slot : slots) {
      now += slot.current != null && slot.current.greeted ? 1 : 0;
    }
    if (now > 0) {
      problem = null;
      lasting = false;
    }
    metrics.connected(now - connected);
    connected = now;
    status = new SocketStatus(now, problem, lasting);
  }

  /// Each [#LOOK_EACH]: pings, finds dead connections, and a token that has changed.
  private void look() {
    if (closed) {
      return;
    }
    loop.in(LOOK_EACH, this::look);
    if (!leads.getAsBoolean()) {
      endAll();
      return;
    }
    for (Slot slot : slots) {
      SocketConnection connection = slot.current;
      if (connection == null) {
        if (slot.retry == null) {
          open(slot);
        }
      } else if (!connection.greeted && isOver(connection.openedNanos, GREETING)) {
        end(connection, "Slack sent no greeting");
      } else if (isOver(connection.heardNanos(), SILENCE)) {
        end(connection, "nothing was heard for " + SILENCE.toSeconds() + " s");
      } else {
        connection.ping();
      }
    }
    for (SocketConnection connection : List.copyOf(retiring)) {
      if (isOver(connection.openedNanos, RETIRES)) {
        end(connection, "it was replaced");
      }
    }
    executor.execute(this::lookAtToken);
  }

  private boolean isOver(long sinceNanos, Duration time) {
    return clock.nanoTime() - sinceNanos > time.toNanos();
  }

  /// On the executor.
  private void lookAtToken() {
    try {
      String now = token.value();
      loop.execute(() -> tokenIs(now));
    } catch (UncheckedIOException e) {
      // A file that is being replaced; connections that are open stay so.
      log.warn(
          "token",
          event ->
              event
                  .setMessage("The file with the app-level token can't be read")
                  .addKeyValue("reason", e.getMessage()));
    }
  }

  private void tokenIs(String now) {
    if (now.equals(tokenInUse) || closed || tokenInUse == null) {
      return;
    }
    tokenInUse = now;
    for (Slot slot : slots) {
      slot.failures = 0;
      if (slot.retry != null) {
        slot.retry.cancel();
        slot.retry = null;
      }
      open(slot); // what is open is retired when the new one is
    }
  }

  private void end(SocketConnection connection, String reason) {
    connection.abort();
    ended(connection, reason);
  }

  private void ended(SocketConnection connection, String reason) {
    if (connection.over) {
      return;
    }
    connection.over = true;
    if (connection.retiring || closed) {
      retiring.remove(connection);
      return;
    }
    for (Slot slot : slots) {
      if (slot.current == connection) {
        slot.current = null;
        boolean worked = connection.greeted;
        if (worked) {
          slot.failures = 0;
          metrics.failed();
          problem = problem == null ? reason : problem;
          changed();
          log.warn(
              "ended",
              event ->
                  event
                      .setMessage("A connection to Slack ended; another is opened")
                      .addKeyValue("reason", reason));
          reopen(slot, backOff(1));
        } else {
          failed(slot, reason, false, null);
        }
      }
    }
  }

  private void endAll() {
    for (Slot slot : slots) {
      SocketConnection connection = slot.current;
      slot.current = null;
      if (connection != null) {
        connection.over = true;
        connection.abort();
      }
      if (slot.retry != null) {
        slot.retry.cancel();
        slot.retry = null;
      }
    }
    retiring.forEach(
        connection -> {
          connection.over = true;
          connection.abort();
        });
    retiring.clear();
    changed();
  }

  private void disconnect(SocketConnection connection, String reason) {
    if (reason.equals("link_disabled")) {
      problem = "Socket Mode is switched off in the app's settings";
      lasting = true;
    }
    for (Slot slot : slots) {
      if (slot.current == connection) {
        switch (reason) {
          case "warning", "refresh_requested" -> {
            slot.current = null;
            if (reason.equals("warning") && connection.greeted) {
              slot.current = connection; // takes presses until the new one is there
            } else {
              retire(connection);
            }
            open(slot);
          }
          case "link_disabled" -> {
            slot.current = null;
            retire(connection);
            failed(slot, String.valueOf(problem), true, null);
          }
          default -> {
            slot.current = null;
            retire(connection);
            failed(slot, "Slack ended the connection: " + reason, false, null);
          }
        }
      }
    }
    changed();
  }

  private final class FromConnections implements SocketConnection.Owner {
    @Override
    public void text(SocketConnection connection, String text) {
      loop.execute(() -> received(connection, text));
    }

    @Override
    public void tooLarge(SocketConnection connection) {
      loop.execute(envelopes::tooLarge);
    }

    @Override
    public void ended(SocketConnection connection, String reason) {
      loop.execute(() -> SocketMode.this.ended(connection, reason));
    }
  }

  private void received(SocketConnection connection, String text) {
    switch (envelopes.read(text)) {
      case Envelopes.Message.Hello hello -> {
        connection.greeted = true;
        changed();
      }
      case Envelopes.Message.Disconnect(String reason) -> disconnect(connection, reason);
      case Envelopes.Message.Unreadable unreadable -> {
        if (!unreadable.id().isEmpty()) {
          connection.send(acknowledgement(unreadable.id(), null));
        }
      }
      case Envelopes.Message.Enveloped(Envelope envelope) ->
          envelopes.take(
              envelope, payload -> connection.send(acknowledgement(envelope.id(), payload)));
    }
  }

  private static String acknowledgement(String id, @Nullable ObjectNode payload) {
    ObjectNode acknowledgement = JsonNodeFactory.instance.objectNode().put("envelope_id", id);
    if (payload != null) {
      acknowledgement.set("payload", payload);
    }
    return acknowledgement.toString();
  }

  /// Lets the connections go. On the sockets' loop.
  @Override
  public void close() {
    closed = true;
    endAll();
    web.close();
  }
}
