package dev.longshore.alerting.notify;

import dev.longshore.alerting.state.StateWriter;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties the outbox: chooses what goes next in each lane, marks it as being sent, and sends it
/// when that is durable, or can't be for now. Owned by the loop's thread; sending runs on the
/// executor.
///
/// Within a lane messages go in the order in which they were wanted, but edits, which wait for
/// posts and for the pace that the account's limits allow. What became of a message is
/// [DeliveryResultHandler]'s.
final class DeliveryQueue {
  private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryQueue.class);

  /// A delivery that is not over then counts as failed, whatever its messenger does.
  private static final Duration LONGEST_DELIVERY = Duration.ofMinutes(2);

  /// Posts and replies that are kept; a storm is told by far fewer.
  private static final int MAX_ENTRIES = 10_000;

  /// Longer than any receiver's limit makes a message wait.
  private static final Duration STUCK = Duration.ofMinutes(5);

  /// The characters of their contents.
  private static final long MAX_CHARS = 32L << 20;

  /// How soon is looked again whether this process may send.
  private static final Duration KEPT_BACK = Duration.ofMillis(200);

  private static final Duration WARN_EACH = Duration.ofSeconds(10);

  private final Outbox outbox;
  private final StateWriter state;
  private final Loop loop;
  private final Clock clock;
  private final Executor executor;
  private final DeliveryResultHandler deliveryResultHandler;
  private final NotifyMetrics metrics;
  private final RateLimitedLogger warnings;
  private final Map<String, ChannelQueue> lanes = new LinkedHashMap<>();
  private final Map<String, ChannelQueue.Account> accounts = new HashMap<>();
  private Map<String, ReceiverClient> messengers = Map.of();
  private boolean cycleIsDue;
  private Loop.@Nullable Timer wake;

  private long editCount;

  /// Messages that were handed over and have no answer yet.
  private int underWay;

  private boolean stopped;

  /// Whether this process may send now. Asked on the loop before a message is chosen, and on the
  /// thread that sends right before it is sent.
  private volatile BooleanSupplier maySend = () -> true;

  DeliveryQueue(
      Outbox outbox,
      StateWriter state,
      Loop loop,
      Clock clock,
      Executor executor,
      DeliveryResultHandler deliveryResultHandler,
      NotifyMetrics metrics) {
    this.outbox = outbox;
    this.state = state;
    this.loop = loop;
    this.clock = clock;
    this.executor = executor;
    this.deliveryResultHandler = deliveryResultHandler;
    this.metrics = metrics;
    this.warnings = new RateLimitedLogger(LOGGER, clock, WARN_EACH);
  }

  /// Takes over the receivers of a configuration; everything that waits is tried again at once.
  ///
  /// @param messengers by [#name]
  void messengers(Map<String, ReceiverClient> messengers) {
    this.messengers = Map.copyOf(messengers);
    Map<String, ChannelQueue> before = new HashMap<>(lanes);
    lanes.clear();
    for (Entry entry : outbox.entries()) {
      add(entry);
    }
    for (ChannelQueue old : before.values()) {
      for (Entry sending : old.inFlight) {
        ChannelQueue now = lane(sending);
        if (now != null && outbox.has(sending)) {
          now.inFlight.add(sending);
        }
      }
    }
    for (String lane : outbox.failingLanes()) {
      if (!lanes.containsKey(lane)) {
        deliveryResultHandler.laneIsGone(lane);
      }
    }
    wake();
  }

  static String name(NotificationKey key) {
    return key.receiver() + '\n' + key.integration();
  }

  /// Takes a message that was put into the outbox.
  void add(Entry entry) {
    ChannelQueue channelQueue = lane(entry);
    if (channelQueue == null) {
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
    channelQueue.entries.put(entry.id, entry);
  }

  /// Takes a message back that nobody needs any more.
  void withdraw(Entry entry) {
    ChannelQueue channelQueue = lane(entry);
    if (channelQueue != null) {
      channelQueue.entries.remove(entry.id);
    }
    outbox.remove(entry);
  }

  private @Nullable ChannelQueue lane(Entry entry) {
    ReceiverClient receiverClient = messengers.get(name(entry.key));
    if (receiverClient == null) {
      return null;
    }
    String name = receiverClient.account() + '\n' + entry.channel;
    return lanes.computeIfAbsent(
        name,
        absent ->
            new ChannelQueue(
                name,
                entry.channel,
                accounts.computeIfAbsent(
                    receiverClient.account(), it -> new ChannelQueue.Account()),
                receiverClient));
  }

  /// Whether at least so many new messages wait for a channel; edits are none.
  boolean isFlooded(ReceiverClient receiverClient, String channel, int messages) {
    ChannelQueue channelQueue = lanes.get(receiverClient.account() + '\n' + channel);
    if (channelQueue == null || channelQueue.entries.size() < messages) {
      return false;
    }
    int found = 0;
    for (Entry entry : channelQueue.entries.values()) {
      StandingMessage standingMessage =
          entry.kind == Entry.Kind.CARD ? outbox.card(entry.key) : null;
      boolean edit = standingMessage != null && standingMessage.ts != null;
      if (!edit && ++found == messages) {
        return true;
      }
    }
    return false;
  }

  /// Has times follow a wall clock that has jumped.
  void clockJumped(Duration jump) {
    outbox.clockJumped(jump);
    deliveryResultHandler.clockJumped(jump);
    accounts.values().forEach(it -> it.clockJumped(jump));
    lanes.values().forEach(it -> it.clockJumped(jump));
    wake();
  }

  /// Sends nothing more; what is under way is settled when its answer comes.
  void stop() {
    stopped = true;
  }

  /// Sends only while a condition holds; what it keeps back waits, and is looked at again each
  /// [#KEPT_BACK].
  ///
  /// @param condition asked from any thread
  void sendWhile(BooleanSupplier condition) {
    maySend = condition;
  }

  /// When a message is tried at the earliest; null when nothing holds it.
  @Nullable Instant earliest(Entry entry, Instant now) {
    ChannelQueue channelQueue = lane(entry);
    Instant earliest = entry.notBefore;
    if (channelQueue != null && channelQueue.blockedUntil.isAfter(earliest)) {
      earliest = channelQueue.blockedUntil;
    }
    if (channelQueue != null && channelQueue.account.blockedUntil.isAfter(earliest)) {
      earliest = channelQueue.account.blockedUntil;
    }
    return earliest.isAfter(now) ? earliest : null;
  }

  /// How many messages are under way.
  int underWay() {
    return underWay;
  }

  /// Whether nobody has been told of anything since a message came to wait, for longer than that
  /// can be the receiver's doing alone. One receiver of several that accepts no messages is told by
  /// the others.
  boolean isStuck(Instant now) {
    Instant oldest = outbox.oldest();
    Instant last = deliveryResultHandler.lastDelivered();
    return oldest != null
        && oldest.plus(STUCK).isBefore(now)
        && (last == null || last.isBefore(oldest));
  }

  /// Whether a lane accepts no messages at present.
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
    NextDelivery nextDelivery = new NextDelivery(outbox, now);
    List<Sending> sending = new ArrayList<>();
    boolean sends = !stopped && maySend.getAsBoolean();
    for (ChannelQueue channelQueue : sends ? lanes.values() : List.<ChannelQueue>of()) {
      for (Entry chosen = nextDelivery.of(channelQueue);
          chosen != null;
          chosen = nextDelivery.of(channelQueue)) {
        sending.add(take(channelQueue, chosen, now));
      }
    }
    if (sends) {
      sending.addAll(edits(nextDelivery, now));
    }
    if (!sending.isEmpty()) {
      state.afterCommit(() -> sending.forEach(this::send));
    } else if (outbox.isDirty()) {
      state.changed();
    }
    Instant oldest = outbox.oldest();
    metrics.outbox(outbox.size(), oldest, outbox.failingLanes().size());
    Instant next = nextDelivery.next();
    if (!sends && !stopped && outbox.size() > 0) {
      next = now.plus(KEPT_BACK);
    }
    if (next != null) {
      wake = loop.at(next, this::wake);
    }
  }

  /// A message that goes, with its lane.
  private record Sending(ChannelQueue channelQueue, Entry entry) {}

  private Sending take(ChannelQueue channelQueue, Entry chosen, Instant now) {
    channelQueue.inFlight.add(chosen);
    chosen.sending = true;
    if (chosen.since.equals(Instant.EPOCH)) {
      chosen.since = now;
    }
    outbox.put(chosen);
    return new Sending(channelQueue, chosen);
  }

  /// One edit for each account, whose pace is limited: the most urgent of all its lanes, and of
  /// equals the one whose lane has waited longest.
  private List<Sending> edits(NextDelivery nextDelivery, Instant now) {
    Map<ChannelQueue.Account, ChannelQueue> first = new LinkedHashMap<>();
    Map<ChannelQueue, Entry> edits = new LinkedHashMap<>();
    for (ChannelQueue channelQueue : lanes.values()) {
      Entry edit = nextDelivery.edit(channelQueue);
      if (edit == null) {
        continue;
      }
      edits.put(channelQueue, edit);
      ChannelQueue before = first.get(channelQueue.account);
      Entry beforeEdit = before == null ? null : edits.get(before);
      if (before == null
          || beforeEdit == null
          || nextDelivery.rank(edit) < nextDelivery.rank(beforeEdit)
          || (nextDelivery.rank(edit) == nextDelivery.rank(beforeEdit)
              && channelQueue.lastEdit < before.lastEdit)) {
        first.put(channelQueue.account, channelQueue);
      }
    }
    List<Sending> sending = new ArrayList<>();
    for (ChannelQueue channelQueue : first.values()) {
      Entry edit = edits.get(channelQueue);
      if (edit != null) {
        sending.add(take(channelQueue, edit, now));
        channelQueue.lastEdit = ++editCount;
        channelQueue.account.editsFrom = now.plus(channelQueue.receiverClient.editGap());
        if (edits.size() > 1) {
          nextDelivery.again(channelQueue.account.editsFrom);
        }
      }
    }
    return sending;
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
      deliveryResultHandler.givenUp(lane(entry), entry, now);
    }
  }

  private void send(Sending sending) {
    ChannelQueue channelQueue = sending.channelQueue;
    Entry entry = sending.entry;
    if (stopped || !outbox.has(entry)) {
      return;
    }
    Delivery delivery = delivery(channelQueue, entry);
    long started = clock.nanoTime();
    ReceiverClient receiverClient =
        messengers.getOrDefault(name(entry.key), channelQueue.receiverClient);
    boolean toldOnce = isToldOnce(entry);
    underWay++;
    AtomicBoolean settled = new AtomicBoolean();
    loop.in(
        LONGEST_DELIVERY,
        () -> {
          if (settled.compareAndSet(false, true)) {
            String what = "no answer within " + LONGEST_DELIVERY.toSeconds() + " s";
            settle(
                entry,
                new DeliveryResult.Retry(FailureReason.TIMEOUT, what, null, true),
                LONGEST_DELIVERY);
          }
        });
    executor.execute(
        () -> {
          DeliveryResult deliveryResult;
          try {
            deliveryResult = maySend.getAsBoolean() ? receiverClient.deliver(delivery) : null;
          } catch (RuntimeException e) {
            LOGGER.atWarn().setCause(e).log("A message could not be handed over");
            deliveryResult =
                new DeliveryResult.Retry("other", String.valueOf(e.getMessage()), null, true);
          }
          DeliveryResult known = deliveryResult;
          Duration took = Duration.ofNanos(clock.nanoTime() - started);
          if (settled.compareAndSet(false, true)) {
            try {
              if (toldOnce && known instanceof DeliveryResult.Delivered) {
                state.writeNow(OutboxWriter.REMOVE_ENTRY, entry.id);
              }
            } finally {
              loop.execute(() -> settle(entry, known, took));
            }
          }
        });
  }

  /// Whether a message is done with when it is delivered, so that nothing but its row in the outbox
  /// says that it is to be sent. That row goes at once, by the thread that has the answer: whoever
  /// is killed between the answer and that sends the message again. Cards and replies are looked
  /// for where they stand, and a storm's has more to be written.
  private boolean isToldOnce(Entry entry) {
    return entry.kind == Entry.Kind.POST
        && outbox.card(entry.key) == null
        && !FloodDigest.isStorm(entry.key);
  }

  private Delivery delivery(ChannelQueue channelQueue, Entry entry) {
    StandingMessage standingMessage = outbox.card(entry.key);
    String known = outbox.channelId(channelQueue.receiverClient.account(), entry.channel);
    if (entry.kind == Entry.Kind.CARD && standingMessage != null) {
      entry.version = standingMessage.wanted;
      return new Delivery(
          entry.marker(),
          entry.channel,
          standingMessage.channelId == null ? known : standingMessage.channelId,
          standingMessage.ts,
          null,
          standingMessage.content,
          false,
          entry.plain,
          entry.inDoubt,
          entry.since);
    }
    StandingMessage parent = entry.kind == Entry.Kind.REPLY ? standingMessage : null;
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

  /// @param deliveryResult null when it was kept back
  private void settle(Entry entry, @Nullable DeliveryResult deliveryResult, Duration took) {
    underWay--;
    ChannelQueue channelQueue = lane(entry);
    if (channelQueue == null || !outbox.has(entry)) {
      // Its receiver went while it was on its way.
      wake();
      return;
    }
    channelQueue.inFlight.remove(entry);
    entry.sending = false;
    try {
      if (deliveryResult == null) {
        outbox.put(entry);
      } else {
        deliveryResultHandler.settle(channelQueue, entry, deliveryResult, took);
      }
    } finally {
      if (!outbox.has(entry)) {
        channelQueue.entries.remove(entry.id);
      }
      for (Entry made : deliveryResultHandler.takeMade()) {
        add(made);
      }
      wake();
    }
  }
}
