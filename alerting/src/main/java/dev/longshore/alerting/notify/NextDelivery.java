package dev.longshore.alerting.notify;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Chooses what goes next in each lane at one moment, and remembers when to look again.
final class NextDelivery {
  private final Outbox outbox;
  private final Instant now;
  private @Nullable Instant next;

  NextDelivery(Outbox outbox, Instant now) {
    this.outbox = outbox;
    this.now = now;
  }

  /// The message that goes now, but for edits; null when none can. The messages about a group keep
  /// their order: one that waits holds up the later ones of its group, and no others.
  @Nullable Entry of(ChannelQueue channelQueue) {
    if (!isFree(channelQueue)) {
      return null;
    }
    Set<NotificationKey> waiting = new HashSet<>();
    for (Entry entry : channelQueue.entries.values()) {
      if (isEdit(entry)) {
        continue;
      }
      if (entry.sending || notYet(entry.notBefore) || waiting.contains(entry.key)) {
        waiting.add(entry.key);
        continue;
      }
      StandingMessage standingMessage = outbox.card(entry.key);
      if (entry.kind != Entry.Kind.REPLY || standingMessage == null || standingMessage.ts != null) {
        return entry;
      }
    }
    return null;
  }

  /// The edit that would go now; null when none can. What has ended goes first, what only has new
  /// numbers last.
  @Nullable Entry edit(ChannelQueue channelQueue) {
    if (!isFree(channelQueue)) {
      return null;
    }
    Entry first = null;
    for (Entry entry : channelQueue.entries.values()) {
      if (isEdit(entry)
          && !entry.sending
          && !notYet(entry.notBefore)
          && (first == null || rank(entry) < rank(first))) {
        first = entry;
      }
    }
    return first == null || notYet(channelQueue.account.editsFrom) ? null : first;
  }

  private boolean isFree(ChannelQueue channelQueue) {
    return channelQueue.hasRoom()
        && !channelQueue.entries.isEmpty()
        && !notYet(channelQueue.blockedUntil)
        && !notYet(channelQueue.account.blockedUntil);
  }

  private boolean isEdit(Entry entry) {
    StandingMessage standingMessage = entry.kind == Entry.Kind.CARD ? outbox.card(entry.key) : null;
    return standingMessage != null && standingMessage.ts != null;
  }

  /// How much an edit can wait.
  int rank(Entry edit) {
    StandingMessage standingMessage = outbox.card(edit.key);
    if (standingMessage != null && standingMessage.over) {
      return 0;
    }
    return edit.minor ? 2 : 1;
  }

  private boolean notYet(Instant when) {
    if (!when.isAfter(now)) {
      return false;
    }
    if (next == null || when.isBefore(next)) {
      next = when;
    }
    return true;
  }

  /// Looks again at a time.
  void again(Instant when) {
    notYet(when);
  }

  /// When something can be chosen that could not now; null when nothing waits.
  @Nullable Instant next() {
    return next;
  }
}
