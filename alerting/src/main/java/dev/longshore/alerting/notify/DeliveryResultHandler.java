package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Decisions;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
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
final class DeliveryResultHandler {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /// Alertmanager's: who comes back is told within a minute.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /// For what a person has to repair.
  private static final Duration LONGEST_PROBE = Duration.ofMinutes(5);

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
  private final RateLimitedLogger warnings;
  private final NotificationHistory history = new NotificationHistory();
  private List<Entry> made = new ArrayList<>();

  /// When somebody took a message last; null while nobody has, since the start.
  private @Nullable Instant lastDelivered;

  DeliveryResultHandler(
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
        new RateLimitedLogger(
            LoggerFactory.getLogger(DeliveryResultHandler.class), clock, Duration.ofSeconds(10));
  }

  /// The messages that were made since this was asked last.
  List<Entry> takeMade() {
    List<Entry> taken = made;
    made = new ArrayList<>();
    return taken;
  }

  /// What became of messages lately, the newest first.
  List<NotificationOutcome> outcomes() {
    return history.newestFirst();
  }

  @Nullable Instant lastDelivered() {
    return lastDelivered;
  }

  void clockJumped(Duration jump) {
    Instant last = lastDelivered;
    lastDelivered = last == null ? null : last.plus(jump);
  }

  /// A lane for which there is nothing left to send does not fail any more.
  void laneIsGone(String lane) {
    failures.end(lane, clock.now());
  }

  void settle(
      ChannelQueue channelQueue, Entry entry, DeliveryResult deliveryResult, Duration took) {
    Instant now = clock.now();
    switch (deliveryResult) {
      case DeliveryResult.Delivered delivered -> {
        delivered(channelQueue, entry, delivered, took, now);
        // Last: what an alert sets off may fail, and the message was taken all the same.
        if (channelQueue.entries.values().stream().noneMatch(it -> it != entry && it.refused)) {
          failures.end(channelQueue.name, now);
        }
      }
      case DeliveryResult.Retry retry -> later(channelQueue, entry, retry, took, now);
      case DeliveryResult.Misconfigured misconfigured ->
          misconfigured(channelQueue, entry, misconfigured, took, now);
      case DeliveryResult.PayloadRejected payloadRejected ->
          unacceptable(channelQueue, entry, payloadRejected, took, now);
      case DeliveryResult.TargetMissing targetMissing -> gone(entry, targetMissing, now);
    }
    if (!(deliveryResult instanceof DeliveryResult.Delivered)) {
      supersede(channelQueue, entry);
    }
  }

  /// A post that failed is not tried again where a newer one about its group came meanwhile: that
  /// one takes its place. It is taken back as well when it says that all is over, and the receiver
  /// can't have heard that anything was.
  private void supersede(ChannelQueue channelQueue, Entry entry) {
    Entry newer = outbox.waiting(entry.key, Entry.Kind.POST);
    if (entry.kind != Entry.Kind.POST
        || newer == null
        || newer == entry
        || !newer.channel.equals(entry.channel)
        || FloodDigest.isStorm(entry.key)) {
      return;
    }
    outbox.remove(entry);
    newer.opening = entry.opening && !entry.inDoubt;
    newer.attempts = entry.attempts;
    newer.notBefore = entry.notBefore;
    newer.refused = entry.refused;
    NotificationLogEntry last = outbox.lastNotified(entry.key);
    if (newer.opening && last != null && !last.isOpen()) {
      outbox.remove(newer);
      channelQueue.entries.remove(newer.id);
      outbox.forget(newer.key);
    } else {
      outbox.put(newer);
    }
  }

  private void delivered(
      ChannelQueue channelQueue,
      Entry entry,
      DeliveryResult.Delivered delivered,
      Duration took,
      Instant now) {
    lastDelivered = now;
    metrics.delivered(entry.key.kind(), took);
    entry.problem = "";
    history.add(entry, now, NotificationOutcome.Fate.DELIVERED, words(entry.kind));
    channelQueue.failingSince = null;
    channelQueue.refusals = 0;
    channelQueue.blockedUntil = now.plus(channelQueue.receiverClient.gap());
    String id = delivered.channelId();
    if (id != null) {
      outbox.channelId(channelQueue.receiverClient.account(), entry.channel, id);
    }
    StandingMessage standingMessage = outbox.card(entry.key);
    if (entry.kind != Entry.Kind.CARD || standingMessage == null) {
      outbox.remove(entry);
      outbox.delivered(entry.key, now);
      FloodDigest.told(outbox, entry);
      note(entry, now, "delivered to " + where(channelQueue, entry));
      forgetWhenOver(entry.key);
      return;
    }
    if (standingMessage.ts == null) {
      standingMessage.channelId = delivered.channelId();
      standingMessage.ts = delivered.ts();
      outbox.delivered(entry.key, now);
      note(entry, now, "posted in " + where(channelQueue, entry));
    }
    standingMessage.said = entry.version;
    standingMessage.editedAt = now;
    outbox.put(standingMessage);
    if (standingMessage.wanted > standingMessage.said) {
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

  private void forgetWhenOver(NotificationKey key) {
    StandingMessage standingMessage = outbox.card(key);
    if (standingMessage != null
        && standingMessage.over
        && standingMessage.said == standingMessage.wanted
        && !outbox.endIsToBeTold(key)) {
      if (outbox.entriesOf(key).isEmpty()) {
        outbox.remove(standingMessage);
      }
    }
  }

  private void later(
      ChannelQueue channelQueue,
      Entry entry,
      DeliveryResult.Retry retry,
      Duration took,
      Instant now) {
    metrics.failed(entry.key.kind(), retry.reason(), took);
    entry.attempts++;
    entry.inDoubt |= retry.inDoubt();
    if (channelQueue.failingSince == null) {
      channelQueue.failingSince = now;
    }
    StandingMessage standingMessage = outbox.card(entry.key);
    boolean edit =
        entry.kind == Entry.Kind.CARD && standingMessage != null && standingMessage.ts != null;
    boolean limited = retry.reason().equals(FailureReason.RATE_LIMITED);
    Instant again = now.plus(retry.after() == null ? backoff(entry.attempts) : retry.after());
    if (limited && edit) {
      channelQueue.account.editsFrom = again;
    } else if (limited || entry.attempts <= ATTEMPTS_IN_ORDER) {
      channelQueue.blockedUntil = again;
      if (limited && retry.after() != null) {
        channelQueue.account.limited(channelQueue.name, now, again);
      }
    } else {
      entry.notBefore = again;
    }
    outbox.put(entry);
    Duration patience = limited ? PATIENCE_WITH_LIMITS : PATIENCE;
    if (!channelQueue.failingSince.plus(patience).isAfter(now)) {
      raise(channelQueue, entry, retry.message(), "It is tried again until it is taken.", now);
    }
    failed(entry, now, NotificationOutcome.Fate.DEFERRED, retry.message());
    note(entry, now, "failed, next attempt at " + Decisions.time(again) + ": " + retry.message());
    warn(channelQueue, entry, retry.message());
  }

  private void misconfigured(
      ChannelQueue channelQueue,
      Entry entry,
      DeliveryResult.Misconfigured misconfigured,
      Duration took,
      Instant now) {
    metrics.failed(entry.key.kind(), FailureReason.CLIENT_ERROR, took);
    entry.attempts = 0;
    entry.inDoubt = false;
    if (channelQueue.failingSince == null) {
      channelQueue.failingSince = now;
    }
    channelQueue.refusals++;
    Instant again = now.plus(wait(FIRST_PROBE, channelQueue.refusals, LONGEST_PROBE));
    channelQueue.blockedUntil = again;
    // Another one, if there is one, is tried first then, in case it is about this one after all.
    entry.notBefore = again.plus(BEHIND_THE_NEXT);
    outbox.put(entry);
    raise(channelQueue, entry, misconfigured.code(), misconfigured.remedy(), now);
    failed(
        entry,
        now,
        NotificationOutcome.Fate.REFUSED,
        misconfigured.code() + ". " + misconfigured.remedy());
    note(
        entry,
        now,
        "can't be delivered as configured, next attempt at "
            + Decisions.time(again)
            + ": "
            + misconfigured.code());
    warn(channelQueue, entry, misconfigured.code());
  }

  private void unacceptable(
      ChannelQueue channelQueue,
      Entry entry,
      DeliveryResult.PayloadRejected payloadRejected,
      Duration took,
      Instant now) {
    metrics.failed(entry.key.kind(), FailureReason.CLIENT_ERROR, took);
    entry.inDoubt = false;
    if (entry.plain || !channelQueue.receiverClient.hasPlain()) {
      entry.attempts++;
      entry.refused = true;
      Instant again = now.plus(wait(FIRST_PROBE, entry.attempts, LONGEST_PROBE));
      entry.notBefore = again;
      outbox.put(entry);
      raise(
          channelQueue,
          entry,
          payloadRejected.code(),
          "One message is refused, and the others go on: " + payloadRejected.message(),
          now);
      failed(entry, now, NotificationOutcome.Fate.REFUSED, payloadRejected.message());
      note(
          entry,
          now,
          "refused, next attempt at " + Decisions.time(again) + ": " + payloadRejected.message());
      warn(channelQueue, entry, payloadRejected.message());
      return;
    }
    entry.plain = true;
    outbox.put(entry);
    failed(
        entry,
        now,
        NotificationOutcome.Fate.DEFERRED,
        "goes as plain text: " + payloadRejected.message());
    note(entry, now, "refused, sent again as plain text: " + payloadRejected.message());
    warn(channelQueue, entry, payloadRejected.message());
  }

  /// The card is posted anew; a reply waits for that, and needs not be shown in the channel then.
  ///
  /// An edit that has nothing new to say but numbers is not worth a new message: somebody deleted
  /// the card, or the workspace allows no edits. Where edits are not allowed only the end is posted
  /// anew.
  private void gone(Entry entry, DeliveryResult.TargetMissing targetMissing, Instant now) {
    StandingMessage standingMessage = outbox.card(entry.key);
    boolean uneditable = targetMissing.code().equals("edit_window_closed");
    if (standingMessage != null
        && entry.kind == Entry.Kind.CARD
        && !standingMessage.over
        && (entry.minor || uneditable)) {
      standingMessage.said = standingMessage.wanted;
      outbox.put(standingMessage);
      outbox.remove(entry);
      return;
    }
    entry.inDoubt = false;
    entry.since = Instant.EPOCH;
    if (standingMessage == null) {
      outbox.remove(entry);
      return;
    }
    standingMessage.ts = null;
    standingMessage.said = 0;
    outbox.put(standingMessage);
    if (entry.kind == Entry.Kind.CARD) {
      outbox.put(entry);
    } else {
      entry.broadcast = false;
      outbox.put(entry);
      if (outbox.entriesOf(entry.key).stream().noneMatch(it -> it.kind == Entry.Kind.CARD)) {
        made.add(outbox.add(entry.key, Entry.Kind.CARD, entry.channel, "", false, now));
      }
    }
    note(entry, now, "its message is gone (" + targetMissing.code() + "), so it is posted anew");
  }

  /// A message was given up, and waits no more.
  void givenUp(@Nullable ChannelQueue channelQueue, Entry entry, Instant now) {
    note(entry, now, "given up after waiting since " + Decisions.time(entry.created));
    history.add(
        entry,
        now,
        NotificationOutcome.Fate.GIVEN_UP,
        "waited since " + Decisions.time(entry.created));
    warnings.warn(
        "given up",
        event ->
            event
                .setMessage("A notification was given up; what still fires is told anew")
                .addKeyValue("receiver", entry.key.receiver())
                .addKeyValue("integration", entry.key.integration())
                .addKeyValue("waitedSince", entry.created));
    if (channelQueue != null && channelQueue.failingSince == null) {
      boolean refused = channelQueue.entries.values().stream().anyMatch(it -> it.refused);
      if (!refused) {
        failures.end(channelQueue.name, now);
      }
    }
  }

  private static String words(Entry.Kind kind) {
    return switch (kind) {
      case CARD -> "incident message";
      case REPLY -> "reply in the incident's thread";
      case POST -> "message";
    };
  }

  /// A failure that is the same as the one before is kept once.
  private void failed(Entry entry, Instant now, NotificationOutcome.Fate fate, String problem) {
    if (!problem.equals(entry.problem)) {
      history.add(entry, now, fate, problem);
    }
    entry.problem = problem;
  }

  private void raise(
      ChannelQueue channelQueue, Entry entry, String code, String remedy, Instant now) {
    failures.raise(
        channelQueue.name,
        entry.key,
        channelQueue.channel,
        code,
        remedy,
        channelQueue.entries.size(),
        now);
  }

  private void note(Entry entry, Instant now, String what) {
    NotificationLogEntry told = outbox.lastNotified(entry.key);
    if (told != null) {
      String by = entry.key.integration();
      told.firing().forEach(alert -> decisions.note(alert, now, "notify", by + ": " + what));
      told.resolved()
          .forEach(alert -> decisions.note(alert, now, "notify", by + ", about its end: " + what));
    }
  }

  private void warn(ChannelQueue channelQueue, Entry entry, String what) {
    warnings.warn(
        channelQueue.name,
        event ->
            event
                .setMessage("A notification was not taken; it is kept and tried again")
                .addKeyValue("receiver", entry.key.receiver())
                .addKeyValue("integration", entry.key.integration())
                .addKeyValue("channel", entry.channel)
                .addKeyValue("problem", what));
  }

  private static String where(ChannelQueue channelQueue, Entry entry) {
    return channelQueue.channel.isEmpty() ? entry.key.receiver() : channelQueue.channel;
  }

  private Duration backoff(int attempts) {
    Duration wait = wait(FIRST_WAIT, attempts, LONGEST_WAIT);
    return wait.plusMillis((long) (wait.toMillis() * 0.2 * random.nextDouble()));
  }

  private static Duration wait(Duration first, int attempt, Duration longest) {
    Duration wait = first.multipliedBy(1L << Math.clamp(attempt - 1, 0, 16));
    return wait.compareTo(longest) > 0 ? longest : wait;
  }
}
