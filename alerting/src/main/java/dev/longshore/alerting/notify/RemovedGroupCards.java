package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.shared.clock.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The last edit of cards whose group or receiver a configuration no longer has: it says so, for
/// nobody will touch the card again. Owned by the loop's thread.
final class RemovedGroupCards {
  private final Outbox outbox;
  private final DeliveryQueue deliveryQueue;
  private final FloodDigest floodDigest;
  private final Clock clock;

  RemovedGroupCards(
      Outbox outbox, DeliveryQueue deliveryQueue, FloodDigest floodDigest, Clock clock) {
    this.outbox = outbox;
    this.deliveryQueue = deliveryQueue;
    this.floodDigest = floodDigest;
    this.clock = clock;
  }

  /// Who can edit a card.
  interface Editors {
    /// Null when nobody has its credentials any more.
    @Nullable ReceiverClient of(NotificationKey key);
  }

  /// Closes the cards of groups that are not among those that there are.
  void closeUnless(Collection<AlertGroup> groups, Instant now, Editors editors) {
    Set<GroupReceiver> known = new HashSet<>();
    Set<Fingerprint> firing = new HashSet<>();
    for (AlertGroup group : groups) {
      known.add(new GroupReceiver(group.id(), group.receiver()));
      for (AlertGroup.Member member : group.members()) {
        Alert alert = member.alert();
        if (!alert.isResolvedAt(now)) {
          firing.add(alert.fingerprint());
        }
      }
    }
    for (StandingMessage standingMessage : List.copyOf(outbox.cards())) {
      boolean stands = !standingMessage.over && !FloodDigest.isStorm(standingMessage.key);
      if (stands
          && !known.contains(
              new GroupReceiver(standingMessage.key.group(), standingMessage.key.receiver()))) {
        NotificationLogEntry told = outbox.lastNotified(standingMessage.key);
        boolean ended =
            told != null
                && told.firing().stream().noneMatch(firing::contains)
                && told.withheld().stream().noneMatch(firing::contains);
        close(standingMessage, ended, editors.of(standingMessage.key));
      }
    }
  }

  /// A group as it is told to a receiver.
  private record GroupReceiver(String group, String receiver) {}

  /// Closes a card, and forgets what was told: a group that comes back is told anew.
  ///
  /// @param ended whether its alerts are over
  /// @param receiverClient null when it can't be edited any more
  void close(
      StandingMessage standingMessage, boolean ended, @Nullable ReceiverClient receiverClient) {
    if (standingMessage.stormed && receiverClient != null && receiverClient.collapses()) {
      return; // a post that waits, and is yet to be told
    }
    outbox.forget(standingMessage.key);
    List<Entry> waiting = outbox.entriesOf(standingMessage.key);
    boolean onItsWay = waiting.stream().anyMatch(it -> it.sending || it.inDoubt);
    if (receiverClient == null
        || standingMessage.stormed
        || (standingMessage.ts == null && !onItsWay)) {
      waiting.stream().filter(it -> it.kind != Entry.Kind.POST).forEach(deliveryQueue::withdraw);
      outbox.remove(standingMessage);
      if (standingMessage.stormed && receiverClient != null) {
        floodDigest.changed(standingMessage, receiverClient);
      }
      return;
    }
    standingMessage.content = receiverClient.removed(standingMessage.content, ended);
    standingMessage.over = true;
    standingMessage.wanted++;
    outbox.put(standingMessage);
    if (waiting.stream().noneMatch(it -> it.kind == Entry.Kind.CARD)) {
      deliveryQueue.add(
          outbox.add(
              standingMessage.key,
              Entry.Kind.CARD,
              standingMessage.channel,
              "",
              false,
              clock.now()));
    }
  }
}
