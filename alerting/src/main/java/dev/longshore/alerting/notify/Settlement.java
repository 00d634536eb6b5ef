package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// What follows from how a message was taken: it leaves the outbox with what the other side
/// answered, waits, is made plainer, or stands still until somebody changes something. Owned by the
/// loop's thread.
final class Settlement {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /// How soon something that only a person can repair is tried again, at first.
  private static final Duration FIRST_PROBE = Duration.ofSeconds(30);

  private static final Duration BEHIND_THE_NEXT = Duration.ofSeconds(1);

  /// What fails for so long is told to another receiver.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /// Limits are part of a storm; they are told when they hold for so long.
  private static final Duration PATIENCE_WITH_LIMITS = Duration.ofMinutes(10);

  /// After so many attempts a message no longer holds up those behind it.
  private static final int ATTEMPTS_IN_ORDER = 5;

  private final Outbox outbox;
  private final Clock clock;
  private final RandomGenerator random;
  private final FailureAlerts failures;
  private final Decisions decisions;
  private final NotifyMetrics metrics;
  private final Limited warnings;
  private List<Entry> made = new ArrayList<>();

  Settlement(
      Outbox outbox,
      Clock clock,
      RandomGenerator random,
      FailureAlerts failures,
      Decisions decisions,
      NotifyMetrics metrics) {
    this.outbox = outbox;
    this.clock = clock;
    this.random = random;
    this.failures = failures;
    this.decisions = decisions;
    this.metrics = metrics;
    this.warnings =
        new Limited(LoggerFactory.getLogger(Settlement.class), clock, Duration.ofSeconds(10));
  }

  /// The messages that were made since this was asked last.
  List<Entry> takeMade() {
    List<Entry> taken = made;
    made = new ArrayList<>();
    return taken;
  }

  /// A lane for which there is nothing left to send does not fail any more.
  void laneIsGone(String lane) {
    failures.end(lane, clock.now());
  }

  void settle(Lane lane, Entry entry, Outcome outcome, Duration took) {
    Instant now = clock.now();
    switch (outcome) {
      case Outcome.Delivered delivered -> delivered(lane, entry, delivered, took, now);
      case Outcome.Later later -> later(lane, entry, later, took, now);
      case Outcome.Misconfigured misconfigured ->
          misconfigured(lane, entry, misconfigured, took, now);
      case Outcome.Unacceptable unacceptable -> unacceptable(lane, entry, unacceptable, took, now);
      case Outcome.Gone gone -> gone(entry, gone, now);
    }
  }

  private void delivered(
      Lane lane, Entry entry, Outcome.Delivered delivered, Duration took, Instant now) {
    metrics.delivered(entry.key.kind(), took);
    lane.failingSince = null;
    lane.refusals = 0;
    lane.blockedUntil = now.plus(lane.messenger.gap());
    if (lane.entries.values().stream().noneMatch(it -> it != entry && it.refused)) {
      failures.end(lane.name, now);
    }
    String id = delivered.channelId();
    if (id != null) {
      outbox.channelId(lane.messenger.account(), entry.channel, id);
    }
    Card card = outbox.card(entry.key);
    if (entry.kind != Entry.Kind.CARD || card == null) {
      outbox.remove(entry);
      outbox.delivered(entry.key, now);
      Storm.told(outbox, entry);
      note(entry, now, "told in " + where(lane, entry));
      forgetWhenOver(entry.key);
      return;
    }
    if (card.ts == null) {
      card.channelId = delivered.channelId();
      card.ts = delivered.ts();
      outbox.delivered(entry.key, now);
      note(entry, now, "posted in " + where(lane, entry));
    }
    card.said = entry.version;
    card.editedAt = now;
    outbox.put(card);
    if (card.wanted > card.said) {
      entry.attempts = 0;
      entry.inDoubt = false;
      entry.plain = false;
      entry.since = Instant.EPOCH;
      outbox.put(entry);
    } else {
      outbox.remove(entry);
      forgetWhenOver(entry.key);
    }
  }

  private void forgetWhenOver(Key key) {
    Card card = outbox.card(key);
    if (card != null && card.over && card.said == card.wanted && !outbox.endIsToBeTold(key)) {
      if (outbox.entriesOf(key).isEmpty()) {
        outbox.remove(card);
      }
    }
  }

  private void later(Lane lane, Entry entry, Outcome.Later later, Duration took, Instant now) {
    metrics.failed(entry.key.kind(), later.reason(), took);
    entry.attempts++;
    entry.inDoubt |= later.inDoubt();
    if (lane.failingSince == null) {
      lane.failingSince = now;
    }
    Card card = outbox.card(entry.key);
    boolean edit = entry.kind == Entry.Kind.CARD && card != null && card.ts != null;
    boolean limited = later.reason().equals(Reasons.RATE_LIMITED);
    Instant again = now.plus(later.after() == null ? backoff(entry.attempts) : later.after());
    if (limited && edit) {
      lane.account.editsFrom = again;
    } else if (limited || entry.attempts <= ATTEMPTS_IN_ORDER) {
      lane.blockedUntil = again;
      if (limited && later.after() != null) {
        lane.account.limited(lane.name, now, again);
      }
    } else {
      entry.notBefore = again;
    }
    outbox.put(entry);
    Duration patience = limited ? PATIENCE_WITH_LIMITS : PATIENCE;
    if (!lane.failingSince.plus(patience).isAfter(now)) {
      raise(lane, entry, later.message(), "It is tried again until it is taken.", now);
    }
    note(entry, now, "deferred until " + again + ": " + later.message());
    warn(lane, entry, later.message());
  }

  private void misconfigured(
      Lane lane, Entry entry, Outcome.Misconfigured misconfigured, Duration took, Instant now) {
    metrics.failed(entry.key.kind(), Reasons.CLIENT_ERROR, took);
    entry.attempts = 0;
    entry.inDoubt = false;
    if (lane.failingSince == null) {
      lane.failingSince = now;
    }
    lane.refusals++;
    Instant again = now.plus(wait(FIRST_PROBE, lane.refusals));
    lane.blockedUntil = again;
    // Another one, if there is one, is tried first then, in case it is about this one after all.
    entry.notBefore = again.plus(BEHIND_THE_NEXT);
    outbox.put(entry);
    raise(lane, entry, misconfigured.code(), misconfigured.remedy(), now);
    note(entry, now, "kept until " + again + ": " + misconfigured.code());
    warn(lane, entry, misconfigured.code());
  }

  private void unacceptable(
      Lane lane, Entry entry, Outcome.Unacceptable unacceptable, Duration took, Instant now) {
    metrics.failed(entry.key.kind(), Reasons.CLIENT_ERROR, took);
    entry.inDoubt = false;
    if (entry.plain || !lane.messenger.hasPlain()) {
      entry.attempts++;
      entry.refused = true;
      Instant again = now.plus(wait(FIRST_PROBE, entry.attempts));
      entry.notBefore = again;
      outbox.put(entry);
      raise(
          lane,
          entry,
          unacceptable.code(),
          "One message is refused, and the others go on: " + unacceptable.message(),
          now);
      note(entry, now, "refused, kept until " + again + ": " + unacceptable.message());
      warn(lane, entry, unacceptable.message());
      return;
    }
    entry.plain = true;
    outbox.put(entry);
    note(entry, now, "refused, goes as plain text: " + unacceptable.message());
    warn(lane, entry, unacceptable.message());
  }

  /// The card is posted anew; a reply waits for that, and needs not be shown in the channel then.
  ///
  /// An edit that has nothing new to say but numbers is not worth a new message: somebody deleted
  /// the card, or the workspace allows no edits. Where edits are not allowed only the end is posted
  /// anew.
  private void gone(Entry entry, Outcome.Gone gone, Instant now) {
    Card card = outbox.card(entry.key);
    boolean uneditable = gone.code().equals("edit_window_closed");
    if (card != null
        && entry.kind == Entry.Kind.CARD
        && !card.over
        && (entry.minor || uneditable)) {
      card.said = card.wanted;
      outbox.put(card);
      outbox.remove(entry);
      return;
    }
    entry.inDoubt = false;
    entry.since = Instant.EPOCH;
    if (card == null) {
      outbox.remove(entry);
      return;
    }
    card.ts = null;
    card.said = 0;
    outbox.put(card);
    if (entry.kind == Entry.Kind.CARD) {
      outbox.put(entry);
    } else {
      entry.broadcast = false;
      outbox.put(entry);
      if (outbox.entriesOf(entry.key).stream().noneMatch(it -> it.kind == Entry.Kind.CARD)) {
        made.add(outbox.add(entry.key, Entry.Kind.CARD, entry.channel, "", false, now));
      }
    }
    note(entry, now, "its message is gone (" + gone.code() + ") and is posted anew");
  }

  /// A message was given up, and waits no more.
  void givenUp(@Nullable Lane lane, Entry entry, Instant now) {
    note(entry, now, "given up: it waited since " + entry.created);
    warnings.warn(
        "given up",
        event ->
            event
                .setMessage("A notification was given up; what still fires is told anew")
                .addKeyValue("receiver", entry.key.receiver())
                .addKeyValue("integration", entry.key.integration())
                .addKeyValue("waited_since", entry.created));
    if (lane != null && lane.failingSince == null) {
      boolean refused = lane.entries.values().stream().anyMatch(it -> it.refused);
      if (!refused) {
        failures.end(lane.name, now);
      }
    }
  }

  private void raise(Lane lane, Entry entry, String code, String remedy, Instant now) {
    failures.raise(lane.name, entry.key, lane.channel, code, remedy, lane.entries.size(), now);
  }

  private void note(Entry entry, Instant now, String what) {
    LogEntry told = outbox.told(entry.key);
    if (told != null) {
      for (Fingerprint alert : told.firing()) {
        decisions.note(alert, now, "notify", entry.key.integration() + ": " + what);
      }
    }
  }

  private void warn(Lane lane, Entry entry, String what) {
    warnings.warn(
        lane.name,
        event ->
            event
                .setMessage("A notification was not taken; it is kept and tried again")
                .addKeyValue("receiver", entry.key.receiver())
                .addKeyValue("integration", entry.key.integration())
                .addKeyValue("channel", entry.channel)
                .addKeyValue("problem", what));
  }

  private static String where(Lane lane, Entry entry) {
    return lane.channel.isEmpty() ? entry.key.receiver() : lane.channel;
  }

  private Duration backoff(int attempts) {
    Duration wait = wait(FIRST_WAIT, attempts);
    return wait.plusMillis((long) (wait.toMillis() * 0.2 * random.nextDouble()));
  }

  private static Duration wait(Duration first, int attempt) {
    Duration wait = first.multipliedBy(1L << Math.clamp(attempt - 1, 0, 16));
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
