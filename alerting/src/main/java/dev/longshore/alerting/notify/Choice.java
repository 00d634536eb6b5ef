package dev.longshore.alerting.notify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Chooses what goes next in each lane at one moment, and remembers when to look again.
final class Choice {
  private final Outbox outbox;
  private final Instant now;
  private @Nullable Instant next;

  Choice(Outbox outbox, Instant now) {
    this.outbox = outbox;
    this.now = now;
  }

  /// The message that goes now; null when none can.
  @Nullable Entry of(Lane lane) {
    if (lane.inFlight != null || lane.entries.isEmpty()) {
      return null;
    }
    if (notYet(lane.blockedUntil) || notYet(lane.account.blockedUntil)) {
      return null;
    }
    Entry edit = null;
    for (Entry entry : lane.entries.values()) {
      if (entry.sending || notYet(entry.notBefore)) {
        continue;
      }
      Card card = outbox.card(entry.key);
      switch (entry.kind) {
        case POST -> {
          return entry;
        }
        case REPLY -> {
          if (card == null || card.ts != null) {
            return entry;
          }
        }
        case CARD -> {
          if (card == null || card.ts == null) {
            return entry;
          }
          if (edit == null && !notYet(lane.account.editsFrom)) {
            edit = entry;
          }
        }
      }
    }
    if (edit != null) {
      lane.account.editsFrom = now.plus(lane.messenger.editGap());
    }
    return edit;
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

  /// When something can be chosen that could not now; null when nothing waits.
  @Nullable Instant next() {
    return next;
  }
}
