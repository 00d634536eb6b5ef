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
final class Farewells {
  private final Outbox outbox;
  private final Postman postman;
  private final Storm storm;
  private final Clock clock;

  Farewells(Outbox outbox, Postman postman, Storm storm, Clock clock) {
    this.outbox = outbox;
    this.postman = postman;
    this.storm = storm;
    this.clock = clock;
  }

  /// Who can edit a card.
  interface Editors {
    /// Null when nobody has its credentials any more.
    @Nullable Messenger of(Key key);
  }

  /// Closes the cards of groups that are not among those that there are.
  void closeUnless(Collection<AlertGroup> groups, Instant now, Editors editors) {
    Set<Place> known = new HashSet<>();
    Set<Fingerprint> firing = new HashSet<>();
    for (AlertGroup group : groups) {
      known.add(new Place(group.id(), group.receiver()));
      for (AlertGroup.Member member : group.members()) {
        Alert alert = member.alert();
        if (!alert.isResolvedAt(now)) {
          firing.add(alert.fingerprint());
        }
      }
    }
    for (Card card : List.copyOf(outbox.cards())) {
      boolean stands = !card.over && !Storm.isStorm(card.key);
      if (stands && !known.contains(new Place(card.key.group(), card.key.receiver()))) {
        LogEntry told = outbox.told(card.key);
        boolean ended = told != null && told.firing().stream().noneMatch(firing::contains);
        close(card, ended, editors.of(card.key));
      }
    }
  }

  /// A group as it is told to a receiver.
  private record Place(String group, String receiver) {}

  /// Closes a card, and forgets what was told: a group that comes back is told anew.
  ///
  /// @param ended whether its alerts are over
  /// @param messenger null when it can't be edited any more
  void close(Card card, boolean ended, @Nullable Messenger messenger) {
    if (card.stormed && messenger != null && messenger.collapses()) {
      return; // a post that waits, and is yet to be told
    }
    outbox.forget(card.key);
    List<Entry> waiting = outbox.entriesOf(card.key);
    boolean onItsWay = waiting.stream().anyMatch(it -> it.sending || it.inDoubt);
    if (messenger == null || card.stormed || (card.ts == null && !onItsWay)) {
      waiting.stream().filter(it -> it.kind != Entry.Kind.POST).forEach(postman::withdraw);
      outbox.remove(card);
      if (card.stormed && messenger != null) {
        storm.changed(card, messenger);
      }
      return;
    }
    card.content = messenger.removed(card.content, ended);
    card.over = true;
    card.wanted++;
    outbox.put(card);
    if (waiting.stream().noneMatch(it -> it.kind == Entry.Kind.CARD)) {
      postman.add(outbox.add(card.key, Entry.Kind.CARD, card.channel, "", false, clock.now()));
    }
  }
}
