package dev.longshore.alerting.notify;

import dev.longshore.alerting.state.StateWriter;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties the outbox: chooses what goes next in each lane, marks it as being sent, and sends it
/// when that is durable, or can't be for now. Owned by the loop's thread; sending runs on the
/// executor.
///
/// Within a lane messages go in the order in which they were wanted, but edits, which wait for
/// posts and for the pace that the account's limits allow. What became of a message is
/// [Settlement]'s.
final class Postman {
  private static final Logger LOGGER = LoggerFactory.getLogger(Postman.class);

  /// A delivery that is not over then counts as failed, whatever its messenger does.
  private static final Duration LONGEST_DELIVERY = Duration.ofMinutes(2);

  /// Posts and replies that are kept; a storm is told by far fewer.
  private static final int MAX_ENTRIES = 10_000;

  /// The characters of their contents.
  private static final long MAX_CHARS = 8L << 20;

  private static final Duration WARN_EACH = Duration.ofSeconds(10);

  private final Outbox outbox;
  private final StateWriter state;
  private final Loop loop;
  private final Clock clock;
  private final Executor executor;
  private final Settlement settlement;
  private final NotifyMetrics metrics;
  private final Limited warnings;
  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Map<String, Lane.Account> accounts = new HashMap<>();
  private Map<String, Messenger> messengers = Map.of();
  private boolean cycleIsDue;
  private Loop.@Nullable Timer wake;

  private long editCount;

  /// Messages that were handed over and have no answer yet.
  private int underWay;

  private boolean stopped;

  Postman(
      Outbox outbox,
      StateWriter state,
      Loop loop,
      Clock clock,
      Executor executor,
      Settlement settlement,
      NotifyMetrics metrics) {
    this.outbox = outbox;
    this.state = state;
    this.loop = loop;
    this.clock = clock;
    this.executor = executor;
    this.settlement = settlement;
    this.metrics = metrics;
    this.warnings = new Limited(LOGGER, clock, WARN_EACH);
  }

  /// Takes over the receivers of a configuration; everything that waits is tried again at once.
  ///
  /// @param messengers by [#name]
  void messengers(Map<String, Messenger> messengers) {
    this.messengers = Map.copyOf(messengers);
    Map<String, Lane> before = new HashMap<>(lanes);
    lanes.clear();
    for (Entry entry : outbox.entries()) {
      add(entry);
    }
    for (Lane old : before.values()) {
      Entry sending = old.inFlight;
      if (sending != null) {
        Lane now = lane(sending);
        if (now != null && outbox.has(sending)) {
          now.inFlight = sending;
        }
      }
    }
    for (String lane : outbox.failingLanes()) {
      if (!lanes.containsKey(lane)) {
        settlement.laneIsGone(lane);
      }
    }
    wake();
  }

  static String name(Key key) {
    return key.receiver() + '\n' + key.integration();
  }

  /// Takes a message that was put into the outbox.
  void add(Entry entry) {
    Lane lane = lane(entry);
    if (lane == null) {
      outbox.remove(entry);
      metrics.dropped(entry.key.kind());
      warnings.warn(
          name(entry.key),
          event ->
              event
                  .setMessage("A message is given up: its receiver is no longer configured")
                  .addKeyValue("receiver", entry.key.receiver())
                  .addKeyValue("integration", entry.key.integration()));
      return;
    }
    lane.entries.put(entry.id, entry);
  }

  /// Takes a message back that nobody needs any more.
  void withdraw(Entry entry) {
    Lane lane = lane(entry);
    if (lane != null) {
      lane.entries.remove(entry.id);
    }
    outbox.remove(entry);
  }

  private @Nullable Lane lane(Entry entry) {
    Messenger messenger = messengers.get(name(entry.key));
    if (messenger == null) {
      return null;
    }
    String name = messenger.account() + '\n' + entry.channel;
    return lanes.computeIfAbsent(
        name,
        absent ->
            new Lane(
                name,
                entry.channel,
                accounts.computeIfAbsent(messenger.account(), it -> new Lane.Account()),
                messenger));
  }

  /// Whether at least so many new messages wait for a channel; edits are none.
  boolean isFlooded(Messenger messenger, String channel, int messages) {
    Lane lane = lanes.get(messenger.account() + '\n' + channel);
    if (lane == null || lane.entries.size() < messages) {
      return false;
    }
    int found = 0;
    for (Entry entry : lane.entries.values()) {
      Card card = entry.kind == Entry.Kind.CARD ? outbox.card(entry.key) : null;
      boolean edit = card != null && card.ts != null;
      if (!edit && ++found == messages) {
        return true;
      }
    }
    return false;
  }

  /// Has times follow a wall clock that has jumped.
  void clockJumped(Duration jump) {
    outbox.clockJumped(jump);
    accounts.values().forEach(it -> it.clockJumped(jump));
    lanes.values().forEach(it -> it.clockJumped(jump));
    wake();
  }

  /// Sends nothing more; what is under way is settled when its answer comes.
  void stop() {
    stopped = true;
  }

  /// How many messages are under way.
  int underWay() {
    return underWay;
  }

  /// Whether a lane takes nothing at present.
  boolean isFailing() {
    return !outbox.failingLanes().isEmpty();
  }

  /// Writes down what has changed and sends what can be sent, once everything else that is due now
  /// has run.
  void wake() {
    if (!cycleIsDue) {
      cycleIsDue = true;
      loop.at(clock.now(), this::cycle);
    }
  }

  private void cycle() {
    cycleIsDue = false;
    Instant now = clock.now();
    if (wake != null) {
      wake.cancel();
      wake = null;
    }
    giveUp(now);
    Choice choice = new Choice(outbox, now);
    List<Lane> sending = new ArrayList<>();
    for (Lane lane : stopped ? List.<Lane>of() : lanes.values()) {
      Entry chosen = choice.of(lane);
      if (chosen != null) {
        take(lane, chosen, now);
        sending.add(lane);
      }
    }
    if (!stopped) {
      sending.addAll(edits(choice, now));
    }
    if (!sending.isEmpty()) {
      state.afterCommit(() -> sending.forEach(this::send));
    } else if (outbox.isDirty()) {
      state.changed();
    }
    Instant oldest = outbox.oldest();
    metrics.outbox(outbox.size(), oldest, outbox.failingLanes().size());
    Instant next = choice.next();
    if (next != null) {
      wake = loop.at(next, this::wake);
    }
  }

  private void take(Lane lane, Entry chosen, Instant now) {
    lane.inFlight = chosen;
    chosen.sending = true;
    if (chosen.since.equals(Instant.EPOCH)) {
      chosen.since = now;
    }
    outbox.put(chosen);
  }

  /// One edit for each account, whose pace is limited: the most urgent of all its lanes, and of
  /// equals the one whose lane has waited longest.
  private List<Lane> edits(Choice choice, Instant now) {
    Map<Lane.Account, Lane> first = new LinkedHashMap<>();
    Map<Lane, Entry> edits = new LinkedHashMap<>();
    for (Lane lane : lanes.values()) {
      Entry edit = choice.edit(lane);
      if (edit == null) {
        continue;
      }
      edits.put(lane, edit);
      Lane before = first.get(lane.account);
      Entry beforeEdit = before == null ? null : edits.get(before);
      if (before == null
          || beforeEdit == null
          || choice.rank(edit) < choice.rank(beforeEdit)
          || (choice.rank(edit) == choice.rank(beforeEdit) && lane.lastEdit < before.lastEdit)) {
        first.put(lane.account, lane);
      }
    }
    for (Map.Entry<Lane.Account, Lane> chosen : first.entrySet()) {
      Lane lane = chosen.getValue();
      Entry edit = edits.get(lane);
      if (edit != null) {
        take(lane, edit, now);
        lane.lastEdit = ++editCount;
        lane.account.editsFrom = now.plus(lane.messenger.editGap());
        if (edits.size() > 1) {
          choice.again(lane.account.editsFrom);
        }
      }
    }
    return List.copyOf(first.values());
  }

  /// Gives up what waits for longer than can be of use, and the oldest of more than can be held. A
  /// group that still fires is told anew.
  private void giveUp(Instant now) {
    List<Entry> posts =
        outbox.entries().stream().filter(it -> it.kind != Entry.Kind.CARD && !it.sending).toList();
    long chars = posts.stream().mapToLong(it -> it.content.length()).sum();
    int left = posts.size();
    for (Entry entry : posts) {
      boolean old = !entry.keepUntil.isAfter(now);
      if (!old && left <= MAX_ENTRIES && chars <= MAX_CHARS) {
        break;
      }
      left--;
      chars -= entry.content.length();
      withdraw(entry);
      outbox.forget(entry.key);
      metrics.givenUp(entry.key.kind());
      settlement.givenUp(lane(entry), entry, now);
    }
  }

  private void send(Lane lane) {
    Entry entry = lane.inFlight;
    if (entry == null || stopped || !outbox.has(entry)) {
      return;
    }
    Delivery delivery = delivery(lane, entry);
    long started = clock.nanoTime();
    Messenger messenger = messengers.getOrDefault(name(entry.key), lane.messenger);
    underWay++;
    AtomicBoolean settled = new AtomicBoolean();
    loop.in(
        LONGEST_DELIVERY,
        () -> {
          if (settled.compareAndSet(false, true)) {
            String what = "no answer within " + LONGEST_DELIVERY.toSeconds() + " s";
            settle(entry, new Outcome.Later(Reasons.TIMEOUT, what, null, true), LONGEST_DELIVERY);
          }
        });
    executor.execute(
        () -> {
          Outcome outcome;
          try {
            outcome = messenger.deliver(delivery);
          } catch (RuntimeException e) {
            LOGGER.atWarn().setCause(e).log("A message could not be handed over");
            outcome = new Outcome.Later("other", String.valueOf(e.getMessage()), null, true);
          }
          Outcome known = outcome;
          Duration took = Duration.ofNanos(clock.nanoTime() - started);
          if (settled.compareAndSet(false, true)) {
            loop.execute(() -> settle(entry, known, took));
          }
        });
  }

  private Delivery delivery(Lane lane, Entry entry) {
    Card card = outbox.card(entry.key);
    String known = outbox.channelId(lane.messenger.account(), entry.channel);
    if (entry.kind == Entry.Kind.CARD && card != null) {
      entry.version = card.wanted;
      return new Delivery(
          entry.marker(),
          entry.channel,
          card.channelId == null ? known : card.channelId,
          card.ts,
          null,
          card.content,
          false,
          entry.plain,
          entry.inDoubt,
          entry.since);
    }
    Card parent = entry.kind == Entry.Kind.REPLY ? card : null;
    return new Delivery(
        entry.marker(),
        entry.channel,
        parent != null && parent.channelId != null ? parent.channelId : known,
        null,
        parent == null ? null : parent.ts,
        entry.content,
        entry.broadcast,
        entry.plain,
        entry.inDoubt,
        entry.since);
  }

  private void settle(Entry entry, Outcome outcome, Duration took) {
    underWay--;
    Lane lane = lane(entry);
    if (lane == null || !outbox.has(entry)) {
      // Its receiver went while it was on its way.
      wake();
      return;
    }
    if (lane.inFlight == entry) {
      lane.inFlight = null;
    }
    entry.sending = false;
    settlement.settle(lane, entry, outcome, took);
    if (!outbox.has(entry)) {
      lane.entries.remove(entry.id);
    }
    for (Entry made : settlement.takeMade()) {
      add(made);
    }
    wake();
  }
}
