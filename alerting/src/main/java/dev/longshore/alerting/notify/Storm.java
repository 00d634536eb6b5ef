package dev.longshore.alerting.notify;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Floods: when many messages wait for a channel already, further groups get no message of their
/// own, but are counted in one card of the channel, which is edited as they change. Nothing is left
/// out: each group is in the database and, when it has something new to say once the channel is
/// calm, gets a card of its own. Owned by the loop's thread.
final class Storm {

  /// So many messages wait for a channel before it is a flood: ten seconds' worth.
  static final int MESSAGES = 10;

  /// So many of the groups are named.
  private static final int NAMED = 15;

  private static final String GROUP = "storm in ";

  private final Outbox outbox;
  private final Postman postman;
  private final Loop loop;
  private final Clock clock;
  private final Map<Key, Messenger> changed = new LinkedHashMap<>();

  Storm(Outbox outbox, Postman postman, Loop loop, Clock clock) {
    this.outbox = outbox;
    this.postman = postman;
    this.loop = loop;
    this.clock = clock;
  }

  /// Whether a channel has a flood.
  boolean rages(Messenger messenger, String channel) {
    return postman.isFlooded(messenger, channel, MESSAGES);
  }

  private static Key key(Card member) {
    return new Key(GROUP + member.channel, member.key.receiver(), member.key.integration());
  }

  /// A group that has no message of its own has changed; its channel's card is worded anew once all
  /// that is due has run.
  void changed(Card member, Messenger messenger) {
    if (changed.isEmpty()) {
      loop.at(clock.now(), this::word);
    }
    changed.put(key(member), messenger);
  }

  private void word() {
    Map<Key, List<Card>> members = new LinkedHashMap<>();
    changed.keySet().forEach(key -> members.put(key, new ArrayList<>()));
    for (Card card : outbox.cards()) {
      if (card.stormed) {
        List<Card> list = members.get(key(card));
        if (list != null) {
          list.add(card);
        }
      }
    }
    members.forEach((key, cards) -> word(key, cards, changed.get(key)));
    changed.clear();
    postman.wake();
  }

  private void word(Key key, List<Card> members, @Nullable Messenger messenger) {
    Card card = outbox.card(key);
    if (messenger == null || (members.isEmpty() && card == null)) {
      return;
    }
    String channel = card == null ? members.getFirst().channel : card.channel;
    if (card == null) {
      card = new Card(key, channel);
    }
    List<Card> firing = members.stream().filter(it -> !it.over).toList();
    int alerts = firing.stream().mapToInt(it -> it.firing).sum();
    List<String> named = firing.stream().limit(NAMED).map(it -> it.content).toList();
    String content = messenger.storm(alerts, firing.size(), members.size() - firing.size(), named);
    card.over = firing.isEmpty();
    if (!content.equals(card.content)) {
      card.content = content;
      card.wanted++;
      if (outbox.entriesOf(key).isEmpty()) {
        postman.add(outbox.add(key, Entry.Kind.CARD, channel, "", false, clock.now()));
      }
    }
    outbox.put(card);
    if (card.over) {
      members.forEach(outbox::remove);
    }
  }
}
