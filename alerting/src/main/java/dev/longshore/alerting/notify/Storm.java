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
/// calm, gets a card of its own.
///
/// Where nothing can be edited, through a webhook, they are counted in a post, which takes in
/// groups for as long as it waits; those that come later are in the next. Owned by the loop's
/// thread.
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

  /// Whether it stands for a storm, not for a group.
  static boolean isStorm(Key key) {
    return key.group().startsWith(GROUP);
  }

  /// A group whose message would be one more of a flood of posts; it is told by the next digest.
  void post(Key key, String channel, String content, Telling telling, Messenger messenger) {
    Card standing = outbox.card(key);
    Card member = standing == null ? new Card(key, channel) : standing;
    member.stormed = true;
    member.content = content;
    member.firing = telling.firing().size();
    member.over = telling.isOver();
    // In which digest it is counted; the one being sent, if any, has told it otherwise.
    member.wanted = 0;
    outbox.put(member);
    changed(member, messenger);
  }

  /// A digest was taken: the groups in it were told.
  static void told(Outbox outbox, Entry digest) {
    if (digest.kind == Entry.Kind.POST && isStorm(digest.key)) {
      for (Card card : List.copyOf(outbox.cards())) {
        if (card.stormed && card.wanted == digest.id && key(card).equals(digest.key)) {
          outbox.remove(card);
        }
      }
    }
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
    members.forEach(
        (key, cards) -> {
          Messenger messenger = changed.get(key);
          if (messenger != null && messenger.collapses()) {
            digest(key, cards, messenger);
          } else {
            word(key, cards, messenger);
          }
        });
    changed.clear();
    postman.wake();
  }

  private void digest(Key key, List<Card> members, Messenger messenger) {
    Entry waiting = null;
    for (Entry entry : outbox.entriesOf(key)) {
      if (!entry.sending && !entry.inDoubt) {
        waiting = entry;
      }
    }
    long digest = waiting == null ? 0 : waiting.id;
    List<Card> counted =
        members.stream().filter(it -> it.wanted == 0 || it.wanted == digest).toList();
    if (counted.isEmpty()) {
      return;
    }
    String content = content(counted, messenger);
    if (waiting == null) {
      String channel = counted.getFirst().channel;
      waiting = outbox.add(key, Entry.Kind.POST, channel, content, false, clock.now());
      postman.add(waiting);
    } else {
      waiting.content = content;
      outbox.put(waiting);
    }
    for (Card member : counted) {
      member.wanted = waiting.id;
      outbox.put(member);
    }
  }

  private static String content(List<Card> members, Messenger messenger) {
    List<Card> firing = members.stream().filter(it -> !it.over).toList();
    int alerts = firing.stream().mapToInt(it -> it.firing).sum();
    List<String> named = firing.stream().limit(NAMED).map(it -> it.content).toList();
    return messenger.storm(alerts, firing.size(), members.size() - firing.size(), named);
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
    String content = content(members, messenger);
    card.over = members.stream().allMatch(it -> it.over);
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
