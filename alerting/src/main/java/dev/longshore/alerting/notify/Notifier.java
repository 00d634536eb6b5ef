package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.GroupListener;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.template.TemplateException;
import dev.longshore.alerting.template.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.Limited;
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

  private record Working(String receiver, String name, boolean sendResolved, Messenger messenger) {}

  private final Loop loop;
  private final Clock clock;
  private final Outbox outbox;
  private final Messengers opener;
  private final Decisions decisions;
  private final Postman postman;
  private final Storm storm;
  private final Farewells farewells;
  private final Limited warnings;
  private Map<String, List<Working>> receivers = Map.of();

  /// Those of receivers that are gone, for what they have yet to say; by [Postman#name].
  private final Map<String, Messenger> retired = new HashMap<>();

  /// @param executor for sending: virtual threads
  /// @param alerts where failures to notify are told
  public Notifier(
      StateWriter state,
      Loop loop,
      Clock clock,
      Executor executor,
      RandomGenerator random,
      Messengers opener,
      AlertSink alerts,
      Decisions decisions,
      MeterRegistry registry) {
    this.loop = loop;
    this.clock = clock;
    this.opener = opener;
    this.decisions = decisions;
    this.outbox = new Outbox(state);
    NotifyMetrics metrics = new NotifyMetrics(registry, clock);
    Settlement settlement =
        new Settlement(
            outbox, clock, random, new FailureAlerts(outbox, alerts), decisions, metrics);
    this.postman = new Postman(outbox, state, loop, clock, executor, settlement, metrics);
    this.storm = new Storm(outbox, postman, loop, clock);
    this.farewells = new Farewells(outbox, postman, storm, clock);
    this.warnings =
        new Limited(LoggerFactory.getLogger(Notifier.class), clock, Duration.ofSeconds(10));
  }

  /// Takes the receivers of a configuration, at the start and on a reload, and goes on with what
  /// waits in the outbox. On the loop's thread.
  ///
  /// @param library with the files of `templates`; [DefaultTemplates] are added by who makes it
  /// @throws TemplateException when a text is no template; nothing has changed then
  public void receivers(List<Receiver> configured, TemplateLibrary library)
      throws TemplateException {
    Map<String, List<Working>> opened = new LinkedHashMap<>();
    Map<String, Messenger> messengers = new HashMap<>();
    try {
      for (Receiver receiver : configured) {
        List<Working> workings = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (Integration settings : receiver.integrations()) {
          int place = counts.merge(settings.kind(), 1, Integer::sum) - 1;
          String name = settings.kind() + "[" + place + "]";
          Messenger messenger = opener.open(receiver.name(), name, settings, library);
          workings.add(new Working(receiver.name(), name, settings.sendResolved(), messenger));
          messengers.put(Postman.name(new Key("", receiver.name(), name)), messenger);
        }
        opened.put(receiver.name(), List.copyOf(workings));
      }
    } catch (TemplateException | RuntimeException e) {
      messengers.values().forEach(Messenger::close);
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
  private void retire(Map<String, List<Working>> before, Map<String, Messenger> messengers) {
    List<Messenger> replaced = new ArrayList<>();
    for (List<Working> list : before.values()) {
      for (Working working : list) {
        String name = Postman.name(new Key("", working.receiver(), working.name()));
        if (messengers.containsKey(name)) {
          replaced.add(working.messenger());
        } else {
          retired.put(name, working.messenger());
        }
      }
    }
    for (String name : messengers.keySet()) {
      Messenger back = retired.remove(name);
      if (back != null) {
        replaced.add(back);
      }
    }
    Map<String, Messenger> all = new HashMap<>(retired);
    all.putAll(messengers);
    postman.messengers(all);
    for (Card card : List.copyOf(outbox.cards())) {
      String name = Postman.name(card.key);
      if (!messengers.containsKey(name) && !card.over) {
        farewells.close(card, false, retired.get(name));
      }
    }
    replaced.forEach(Messenger::close);
    release();
  }

  /// Lets go of retired messengers that have nothing left to say.
  private void release() {
    Set<String> needed = new HashSet<>();
    outbox.entries().forEach(entry -> needed.add(Postman.name(entry.key)));
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
    farewells.closeUnless(groups, clock.now(), this::messenger);
    if (outbox.isDirty()) {
      postman.wake();
    }
  }

  private @Nullable Messenger messenger(Key key) {
    for (Working working : receivers.getOrDefault(key.receiver(), List.of())) {
      if (working.name().equals(key.integration())) {
        return working.messenger();
      }
    }
    return retired.get(Postman.name(key));
  }

  private void expire() {
    outbox.expire(clock.now());
    release();
    postman.wake();
    loop.in(EXPIRE_EACH, this::expire);
  }

  @Override
  public void flush(AlertGroup group, Instant now) {
    each(group, Telling.of(group, now, true));
  }

  @Override
  public void changed(AlertGroup group, Instant now) {
    each(group, Telling.of(group, now, false));
  }

  private void each(AlertGroup group, Telling telling) {
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
      Key key = new Key(group.id(), working.receiver(), working.name());
      Reason reason = telling.flush() ? decide(key, working, telling) : Reason.NONE;
      say(key, working.messenger(), telling, reason);
    }
    if (outbox.isDirty()) {
      postman.wake();
    }
  }

  private Reason decide(Key key, Working working, Telling telling) {
    LogEntry last = outbox.told(key);
    LogEntry heard = last == null ? null : last.without(telling.quietFingerprints());
    Set<Fingerprint> firing = Telling.fingerprints(telling.firing());
    Set<Fingerprint> resolved = Telling.fingerprints(telling.resolved());
    AlertGroup group = telling.group();
    Instant now = telling.now();
    Reason reason =
        LogEntry.decide(
            heard, firing, resolved, working.sendResolved(), now, group.repeatInterval());
    if (reason == Reason.REPEAT && isToBeTold(key)) {
      return Reason.NONE; // it was not told yet
    }
    if (reason != Reason.NONE) {
      outbox.tell(
          key, new LogEntry(firing, resolved, now), Outbox.expiry(now, group.repeatInterval()));
      for (Alert alert : telling.firing()) {
        decisions.note(
            alert.fingerprint(),
            now,
            "notify",
            working.name() + " of " + working.receiver() + " is told: " + reason.words());
      }
    } else if (heard != null && heard != last) {
      outbox.tell(key, heard, Outbox.expiry(now, group.repeatInterval()));
    }
    boolean ends = reason == Reason.ALL_RESOLVED || reason == Reason.SOME_RESOLVED;
    return ends && !working.sendResolved() ? Reason.NONE : reason;
  }

  private boolean isToBeTold(Key key) {
    return waiting(key, Entry.Kind.POST) != null || waiting(key, Entry.Kind.REPLY) != null;
  }

  /// A post takes the place of the one about the same group that still waits: the last word to a
  /// receiver is the truth. One that says that all is over takes back a first one that never left.
  private void post(Key key, String channel, String content, Reason reason, Instant now) {
    Entry waiting = waiting(key, Entry.Kind.POST);
    if (waiting == null || waiting.sending) {
      Entry entry = outbox.add(key, Entry.Kind.POST, channel, content, false, now);
      entry.opening = reason == Reason.FIRST;
      postman.add(entry);
      return;
    }
    if (waiting.opening && !waiting.inDoubt && reason == Reason.ALL_RESOLVED) {
      postman.withdraw(waiting);
      outbox.forget(key);
      return;
    }
    waiting.content = content;
    waiting.plain = false;
    waiting.keepUntil = now.plus(Entry.KEPT);
    outbox.put(waiting);
  }

  private void say(Key key, Messenger messenger, Telling telling, Reason reason) {
    Card card = outbox.card(key);
    if (card == null && reason == Reason.NONE) {
      return;
    }
    Draft draft = messenger.draft(telling, reason, card == null ? null : card.memory);
    switch (draft) {
      case null -> {}
      case Draft.OfPost(String channel, String content) -> {
        if (waiting(key, Entry.Kind.POST) == null
            && messenger.collapses()
            && (card != null || storm.rages(messenger, channel))) {
          storm.post(key, channel, content, telling, messenger);
        } else {
          post(key, channel, content, reason, telling.now());
        }
      }
      case Draft.OfCard drawn -> draw(key, card, drawn, messenger, reason, telling.now());
    }
  }

  private void draw(
      Key key,
      @Nullable Card standing,
      Draft.OfCard drawn,
      Messenger messenger,
      Reason reason,
      Instant now) {
    Card card = standing == null ? new Card(key, drawn.channel()) : standing;
    boolean floods = storm.rages(messenger, card.channel);
    if (floods && standing == null) {
      card.stormed = true;
    }
    if (card.stormed) {
      boolean ownCard = !floods && reason != Reason.NONE && !drawn.over();
      card.stormed = !ownCard;
      card.firing = drawn.firing();
      if (!ownCard) {
        card.content = drawn.content();
        card.memory = drawn.memory();
        card.over = drawn.over();
      } else {
        card.content = "";
      }
      outbox.put(card);
      storm.changed(card, messenger);
      if (!ownCard) {
        return;
      }
    }
    if (!card.memory.equals(drawn.memory()) || card.over != drawn.over()) {
      card.memory = drawn.memory();
      card.over = drawn.over();
      outbox.put(card);
    }
    Entry edit = waiting(key, Entry.Kind.CARD);
    if (!card.content.equals(drawn.content())) {
      card.content = drawn.content();
      card.wanted++;
      outbox.put(card);
      if (edit == null) {
        edit = outbox.add(key, Entry.Kind.CARD, card.channel, "", false, now);
        edit.minor = drawn.minor();
        if (drawn.minor() && card.ts != null) {
          edit.notBefore = card.editedAt.plus(MINOR_EDITS);
        }
        postman.add(edit);
      } else if (!drawn.minor()) {
        edit.minor = false;
        if (edit.attempts == 0 && edit.notBefore.isAfter(now)) {
          edit.notBefore = now;
          outbox.put(edit);
        }
      }
    }
    String reply = drawn.reply();
    if (reply != null && card.ts != null) {
      reply(key, card, reply, drawn.broadcast(), now);
    } else if (card.over
        && edit == null
        && card.said == card.wanted
        && !outbox.endIsToBeTold(key)) {
      outbox.remove(card);
    }
  }

  private void reply(Key key, Card card, String lines, boolean broadcast, Instant now) {
    Entry waiting = waiting(key, Entry.Kind.REPLY);
    if (waiting == null || waiting.sending || waiting.inDoubt) {
      postman.add(outbox.add(key, Entry.Kind.REPLY, card.channel, lines, broadcast, now));
      return;
    }
    if (waiting.content.length() + lines.length() < MAX_REPLY) {
      waiting.content += '\n' + lines;
    }
    waiting.broadcast |= broadcast;
    outbox.put(waiting);
  }

  private @Nullable Entry waiting(Key key, Entry.Kind kind) {
    Entry found = null;
    for (Entry entry : outbox.entriesOf(key)) {
      if (entry.kind == kind) {
        found = entry;
      }
    }
    return found;
  }

  /// Has times follow a wall clock that has jumped. On the loop's thread.
  ///
  /// @param jump forward, or back
  public void clockJumped(Duration jump) {
    postman.clockJumped(jump);
  }

  /// How many messages are to be made.
  public int waiting() {
    return outbox.size();
  }

  /// Hands nothing over any more; what is under way has its answer soon. For an orderly end, after
  /// which nothing is in doubt.
  public void stopSending() {
    postman.stop();
  }

  /// How many messages are under way, without an answer yet.
  public int underWay() {
    return postman.underWay();
  }

  /// Whether a channel or a webhook takes nothing at present.
  public boolean isFailing() {
    return postman.isFailing();
  }

  /// Lets connections go. What waits is in the database.
  @Override
  public void close() {
    retired.values().forEach(Messenger::close);
    receivers.values().forEach(list -> list.forEach(working -> working.messenger().close()));
  }
}
