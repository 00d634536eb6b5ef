package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.GroupListener;
import dev.longshore.alerting.alert.SilenceNote;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Tells receivers of groups: decides by Alertmanager's rules whether a flush posts, has it worded,
/// and puts it into the outbox, which is emptied without anybody waiting for it.
///
/// All of it runs on the loop's thread, but sending, which runs on the executor. What was decided
/// within one turn of the loop is in its unit of work; a process that is killed before decides the
/// same again.
public final class Notifier implements GroupListener, AutoCloseable {

  /// Its tables.
  public static final Schema SCHEMA = Outbox.SCHEMA;

  /// An edit that only refreshes numbers waits for so long after the last.
  private static final Duration MINOR_EDITS = Duration.ofMinutes(1);

  private static final Duration EXPIRE_EACH = Duration.ofHours(1);

  /// So many lines a reply that waits gathers; then it counts the others.
  private static final int MAX_REPLY = 2_500;

  private record Working(
      String receiver, String name, boolean sendResolved, ReceiverClient receiverClient) {}

  private final Loop loop;
  private final Clock clock;
  private final Outbox outbox;
  private final ReceiverClientFactory opener;
  private final Decisions decisions;
  private final DeliveryResultHandler deliveryResultHandler;
  private final DeliveryQueue deliveryQueue;
  private final FloodDigest floodDigest;
  private final RemovedGroupCards removedGroupCards;
  private final RateLimitedLogger warnings;
  private Map<String, List<Working>> receivers = Map.of();
  private Function<String, @Nullable SilenceNote> silences = _ -> null;

  /// Those of receivers that are gone, for what they have yet to say; by [DeliveryQueue#name].
  private final Map<String, ReceiverClient> retired = new HashMap<>();

  /// @param executor for sending: virtual threads
  /// @param alerts where failures to notify are told
  public Notifier(
      StateWriter state,
      Loop loop,
      Clock clock,
      Executor executor,
      RandomGenerator random,
      ReceiverClientFactory opener,
      AlertSink alerts,
      Decisions decisions,
      MeterRegistry registry) {
    this.loop = loop;
    this.clock = clock;
    this.opener = opener;
    this.decisions = decisions;
    this.outbox = new Outbox(state);
    NotifyMetrics metrics = new NotifyMetrics(registry, clock);
    deliveryResultHandler =
        new DeliveryResultHandler(
            outbox, clock, random, new FailureAlerts(outbox, alerts), decisions, metrics);
    this.deliveryQueue =
        new DeliveryQueue(outbox, state, loop, clock, executor, deliveryResultHandler, metrics);
    this.floodDigest = new FloodDigest(outbox, deliveryQueue, loop, clock);
    this.removedGroupCards = new RemovedGroupCards(outbox, deliveryQueue, floodDigest, clock);
    this.warnings =
        new RateLimitedLogger(
            LoggerFactory.getLogger(Notifier.class), clock, Duration.ofSeconds(10));
  }

  /// Has messages say who silenced what they are about.
  ///
  /// @param known what is known of a silence by its id; null for nothing
  public void silences(Function<String, @Nullable SilenceNote> known) {
    silences = known;
  }

  /// Takes the receivers of a configuration, at the start and on a reload, and goes on with what
  /// waits in the outbox. On the loop's thread.
  ///
  /// @param library with the files of `templates`; [DefaultTemplates] are added by who makes it
  /// @throws TemplateException when a text is no template; nothing has changed then
  public void receivers(List<Receiver> configured, TemplateLibrary library)
      throws TemplateException {
    Map<String, List<Working>> opened = new LinkedHashMap<>();
    Map<String, ReceiverClient> messengers = new HashMap<>();
    try {
      for (Receiver receiver : configured) {
        List<Working> workings = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (Integration settings : receiver.integrations()) {
          int place = counts.merge(settings.kind(), 1, Integer::sum) - 1;
          String name = settings.kind() + "[" + place + "]";
          ReceiverClient receiverClient = opener.open(receiver.name(), name, settings, library);
          workings.add(new Working(receiver.name(), name, settings.sendResolved(), receiverClient));
          messengers.put(
              DeliveryQueue.name(new NotificationKey("", receiver.name(), name)), receiverClient);
        }
        opened.put(receiver.name(), List.copyOf(workings));
      }
    } catch (TemplateException | RuntimeException e) {
      messengers.values().forEach(ReceiverClient::close);
      throw e;
    }
    Map<String, List<Working>> before = receivers;
    receivers = opened;
    retire(before, messengers);
    if (before.isEmpty()) {
      loop.in(EXPIRE_EACH, this::expire);
    }
  }

  /// Puts the new messengers to work. Cards of receivers that are gone are closed by the old ones,
  /// which stay for as long as that takes; those that were gone at the start can't be edited.
  private void retire(Map<String, List<Working>> before, Map<String, ReceiverClient> messengers) {
    List<ReceiverClient> replaced = new ArrayList<>();
    for (List<Working> list : before.values()) {
      for (Working working : list) {
        String name =
            DeliveryQueue.name(new NotificationKey("", working.receiver(), working.name()));
        if (messengers.containsKey(name)) {
          replaced.add(working.receiverClient());
        } else {
          retired.put(name, working.receiverClient());
        }
      }
    }
    for (String name : messengers.keySet()) {
      ReceiverClient back = retired.remove(name);
      if (back != null) {
        replaced.add(back);
      }
    }
    Map<String, ReceiverClient> all = new HashMap<>(retired);
    all.putAll(messengers);
    deliveryQueue.messengers(all);
    for (StandingMessage standingMessage : List.copyOf(outbox.cards())) {
      String name = DeliveryQueue.name(standingMessage.key);
      if (!messengers.containsKey(name) && !standingMessage.over) {
        removedGroupCards.close(standingMessage, false, retired.get(name));
      }
    }
    replaced.forEach(ReceiverClient::close);
    release();
  }

  /// Lets go of retired messengers that have nothing left to say.
  private void release() {
    Set<String> needed = new HashSet<>();
    outbox.entries().forEach(entry -> needed.add(DeliveryQueue.name(entry.key)));
    retired
        .entrySet()
        .removeIf(
            it -> {
              boolean done = !needed.contains(it.getKey());
              if (done) {
                it.getValue().close();
              }
              return done;
            });
  }

  /// Says in the cards of groups that the configuration no longer has that it is so: after a
  /// reload, and at the start, once every alert has been routed. On the loop's thread.
  ///
  /// @param groups all that there are
  public void retainGroups(Collection<AlertGroup> groups) {
    removedGroupCards.closeUnless(groups, clock.now(), this::messenger);
    if (outbox.isDirty()) {
      deliveryQueue.wake();
    }
  }

  private @Nullable ReceiverClient messenger(NotificationKey key) {
    for (Working working : receivers.getOrDefault(key.receiver(), List.of())) {
      if (working.name().equals(key.integration())) {
        return working.receiverClient();
      }
    }
    return retired.get(DeliveryQueue.name(key));
  }

  private void expire() {
    outbox.expire(clock.now());
    release();
    deliveryQueue.wake();
    loop.in(EXPIRE_EACH, this::expire);
  }

  @Override
  public void flush(AlertGroup group, Instant now) {
    each(group, GroupNotification.of(group, now, true, silences));
  }

  @Override
  public void changed(AlertGroup group, Instant now) {
    each(group, GroupNotification.of(group, now, false, silences));
  }

  private void each(AlertGroup group, GroupNotification groupNotification) {
    List<Working> workings = receivers.get(group.receiver());
    if (workings == null) {
      warnings.warn(
          group.receiver(),
          event ->
              event
                  .setMessage("A group has a receiver that is not configured")
                  .addKeyValue("receiver", group.receiver()));
      return;
    }
    for (Working working : workings) {
      NotificationKey key = new NotificationKey(group.id(), working.receiver(), working.name());
      Reason reason =
          groupNotification.flush() ? decide(key, working, groupNotification) : Reason.NONE;
      say(key, working.receiverClient(), groupNotification, reason);
    }
    if (outbox.isDirty()) {
      deliveryQueue.wake();
    }
  }

  private Reason decide(NotificationKey key, Working working, GroupNotification groupNotification) {
    NotificationLogEntry last = outbox.lastNotified(key);
    NotificationLogEntry heard = last == null ? null : groupNotification.suppressedIn(last);
    Set<Fingerprint> firing = GroupNotification.fingerprints(groupNotification.firing());
    Set<Fingerprint> resolved = GroupNotification.fingerprints(groupNotification.resolved());
    AlertGroup group = groupNotification.group();
    Instant now = groupNotification.now();
    Reason reason =
        NotificationLogEntry.decide(
            heard, firing, resolved, working.sendResolved(), now, group.repeatInterval());
    if (reason == Reason.REPEAT && (isToBeTold(key) || group.acknowledgement() != null)) {
      reason = Reason.NONE; // it was not told yet, or somebody sees to it
    }
    if (reason != Reason.NONE) {
      outbox.recordNotified(
          key,
          NotificationLogEntry.told(heard, firing, resolved, now),
          Outbox.expiry(now, group.repeatInterval()));
      String who = working.receiver() + " by " + working.name();
      for (Alert alert : groupNotification.firing()) {
        decisions.note(
            alert.fingerprint(), now, "notify", "notifying " + who + ", because " + reason.words());
      }
      for (Alert alert : groupNotification.resolved()) {
        decisions.note(
            alert.fingerprint(),
            now,
            "notify",
            working.sendResolved()
                ? "notifying " + who + " that the alert has resolved"
                : "not notifying "
                    + who
                    + " that the alert has resolved, because send_resolved is false");
      }
    } else if (heard != null && heard != last) {
      outbox.recordNotified(key, heard, Outbox.expiry(now, group.repeatInterval()));
    }
    boolean ends = reason == Reason.ALL_RESOLVED || reason == Reason.SOME_RESOLVED;
    return ends && !working.sendResolved() ? Reason.NONE : reason;
  }

  private boolean isToBeTold(NotificationKey key) {
    return outbox.waiting(key, Entry.Kind.POST) != null
        || outbox.waiting(key, Entry.Kind.REPLY) != null;
  }

  /// A post takes the place of the one about the same group that still waits: the last word to a
  /// receiver is the truth. One that says that all is over takes back a first one that never left.
  private void post(
      NotificationKey key, String channel, String content, Reason reason, Instant now) {
    Entry waiting = outbox.waiting(key, Entry.Kind.POST);
    if (waiting == null || waiting.sending) {
      Entry entry = outbox.add(key, Entry.Kind.POST, channel, content, false, now);
      entry.opening = reason == Reason.FIRST;
      deliveryQueue.add(entry);
      return;
    }
    if (waiting.opening && !waiting.inDoubt && reason == Reason.ALL_RESOLVED) {
      deliveryQueue.withdraw(waiting);
      outbox.forget(key);
      return;
    }
    waiting.content = content;
    waiting.plain = false;
    waiting.keepUntil = now.plus(Entry.KEPT);
    outbox.put(waiting);
  }

  private void say(
      NotificationKey key,
      ReceiverClient receiverClient,
      GroupNotification groupNotification,
      Reason reason) {
    StandingMessage standingMessage = outbox.card(key);
    if (standingMessage == null && reason == Reason.NONE) {
      return;
    }
    Draft draft =
        receiverClient.draft(
            groupNotification, reason, standingMessage == null ? null : standingMessage.memory);
    switch (draft) {
      case null -> {}
      case Draft.OneShot(String channel, String content) -> {
        if (outbox.waiting(key, Entry.Kind.POST) == null
            && receiverClient.collapses()
            && (standingMessage != null || floodDigest.rages(receiverClient, channel))) {
          floodDigest.post(key, channel, content, groupNotification, receiverClient);
        } else {
          post(key, channel, content, reason, groupNotification.now());
        }
      }
      case Draft.Standing drawn ->
          draw(key, standingMessage, drawn, receiverClient, reason, groupNotification.now());
    }
  }

  private void draw(
      NotificationKey key,
      @Nullable StandingMessage standing,
      Draft.Standing drawn,
      ReceiverClient receiverClient,
      Reason reason,
      Instant now) {
    StandingMessage standingMessage =
        standing == null ? new StandingMessage(key, drawn.channel()) : standing;
    boolean floods = floodDigest.rages(receiverClient, standingMessage.channel);
    if (floods && standing == null) {
      standingMessage.stormed = true;
    }
    if (standingMessage.stormed) {
      boolean ownCard = !floods && reason != Reason.NONE && !drawn.over();
      standingMessage.stormed = !ownCard;
      standingMessage.firing = drawn.firing();
      if (!ownCard) {
        standingMessage.content = drawn.content();
        standingMessage.memory = drawn.memory();
        standingMessage.over = drawn.over();
      } else {
        standingMessage.content = "";
      }
      outbox.put(standingMessage);
      floodDigest.changed(standingMessage, receiverClient);
      if (!ownCard) {
        return;
      }
    }
    if (!standingMessage.memory.equals(drawn.memory()) || standingMessage.over != drawn.over()) {
      standingMessage.memory = drawn.memory();
      standingMessage.over = drawn.over();
      outbox.put(standingMessage);
    }
    Entry edit = outbox.waiting(key, Entry.Kind.CARD);
    if (!standingMessage.content.equals(drawn.content())) {
      standingMessage.content = drawn.content();
      standingMessage.wanted++;
      outbox.put(standingMessage);
      if (edit == null) {
        edit = outbox.add(key, Entry.Kind.CARD, standingMessage.channel, "", false, now);
        edit.minor = drawn.minor();
        if (drawn.minor() && standingMessage.ts != null) {
          edit.notBefore = standingMessage.editedAt.plus(MINOR_EDITS);
        }
        deliveryQueue.add(edit);
      } else if (!drawn.minor()) {
        edit.minor = false;
        if (edit.attempts == 0 && edit.notBefore.isAfter(now)) {
          edit.notBefore = now;
          outbox.put(edit);
        }
      }
    }
    String reply = drawn.reply();
    if (reply != null && standingMessage.ts != null) {
      reply(key, standingMessage, reply, drawn.broadcast(), now);
    } else if (standingMessage.over
        && edit == null
        && standingMessage.said == standingMessage.wanted
        && !outbox.endIsToBeTold(key)) {
      outbox.remove(standingMessage);
    }
  }

  private void reply(
      NotificationKey key,
      StandingMessage standingMessage,
      String lines,
      boolean broadcast,
      Instant now) {
    Entry waiting = outbox.waiting(key, Entry.Kind.REPLY);
    if (waiting == null || waiting.sending || waiting.inDoubt) {
      deliveryQueue.add(
          outbox.add(key, Entry.Kind.REPLY, standingMessage.channel, lines, broadcast, now));
      return;
    }
    if (waiting.content.length() + lines.length() < MAX_REPLY) {
      waiting.content += '\n' + lines;
    }
    waiting.broadcast |= broadcast;
    outbox.put(waiting);
  }

  /// Has times follow a wall clock that has jumped. On the loop's thread.
  ///
  /// @param jump forward, or back
  public void clockJumped(Duration jump) {
    deliveryQueue.clockJumped(jump);
  }

  /// How many messages are to be made.
  public int waiting() {
    return outbox.size();
  }

  /// Hands messages over only while a condition holds; what is kept back waits.
  ///
  /// @param condition asked from any thread, right before each message
  public void sendWhile(BooleanSupplier condition) {
    deliveryQueue.sendWhile(condition);
  }

  /// Hands nothing over any more; what is under way has its answer soon. For an orderly end, after
  /// which nothing is in doubt.
  public void stopSending() {
    deliveryQueue.stop();
  }

  /// How many messages are under way, without an answer yet.
  public int underWay() {
    return deliveryQueue.underWay();
  }

  /// Whether messages wait and nobody has been told of anything for minutes. On the loop's thread.
  public boolean isStuck() {
    return deliveryQueue.isStuck(clock.now());
  }

  /// The messages that are to be made, the oldest first. On the loop's thread.
  public List<WaitingNotification> waitingNotifications() {
    Instant now = clock.now();
    return outbox.entries().stream()
        .map(entry -> WaitingNotification.of(entry, deliveryQueue.earliest(entry, now)))
        .toList();
  }

  /// What became of messages lately, the newest first. On the loop's thread.
  public List<NotificationOutcome> outcomes() {
    return deliveryResultHandler.outcomes();
  }

  /// When the oldest message that is to be made was wanted; null when there is none.
  public @Nullable Instant oldestWaiting() {
    return outbox.oldest();
  }

  /// Whether a channel or a webhook accepts no messages at present.
  public boolean isFailing() {
    return deliveryQueue.isFailing();
  }

  /// Lets connections go. What waits is in the database.
  @Override
  public void close() {
    retired.values().forEach(ReceiverClient::close);
    receivers.values().forEach(list -> list.forEach(working -> working.receiverClient().close()));
  }
}
