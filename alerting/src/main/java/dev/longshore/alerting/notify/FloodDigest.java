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
final class FloodDigest {

  /// So many messages wait for a channel before it is a flood: ten seconds' worth.
  static final int MESSAGES = 10;

  /// So many of the groups are named.
  private static final int NAMED = 15;

  private static final String GROUP = "storm in ";

  private final Outbox outbox;
  private final DeliveryQueue deliveryQueue;
  private final Loop loop;
  private final Clock clock;
  private final Map<NotificationKey, ReceiverClient> changed = new LinkedHashMap<>();

  FloodDigest(Outbox outbox, DeliveryQueue deliveryQueue, Loop loop, Clock clock) {
    this.outbox = outbox;
    this.deliveryQueue = deliveryQueue;
    this.loop = loop;
    this.clock = clock;
  }

  /// Whether a channel has a flood.
  boolean rages(ReceiverClient receiverClient, String channel) {
    return deliveryQueue.isFlooded(receiverClient, channel, MESSAGES);
  }

  /// Whether it stands for a storm, not for a group.
  static boolean isStorm(NotificationKey key) {
    return key.group().startsWith(GROUP);
  }

  /// A group whose message would be one more of a flood of posts; it is told by the next digest.
  void post(
      NotificationKey key,
      String channel,
      String content,
      GroupNotification groupNotification,
      ReceiverClient receiverClient) {
    StandingMessage standing = outbox.card(key);
    StandingMessage member = standing == null ? new StandingMessage(key, channel) : standing;
    member.stormed = true;
    member.content = content;
    member.firing = groupNotification.firing().size();
    member.over = groupNotification.isOver();
    // In which digest it is counted; the one being sent, if any, has told it otherwise.
    member.wanted = 0;
    outbox.put(member);
    changed(member, receiverClient);
  }

  /// A digest was taken: the groups in it were told.
  static void told(Outbox outbox, Entry digest) {
    if (digest.kind == Entry.Kind.POST && isStorm(digest.key)) {
      for (StandingMessage standingMessage : List.copyOf(outbox.cards())) {
        if (standingMessage.stormed
            && standingMessage.wanted == digest.id
            && key(standingMessage).equals(digest.key)) {
          outbox.remove(standingMessage);
        }
      }
    }
  }

  private static NotificationKey key(StandingMessage member) {
    return new NotificationKey(
        GROUP + member.channel, member.key.receiver(), member.key.integration());
  }

  /// A group that has no message of its own has changed; its channel's card is worded anew once all
  /// that is due has run.
  void changed(StandingMessage member, ReceiverClient receiverClient) {
    if (changed.isEmpty()) {
      loop.at(clock.now(), this::word);
    }
    changed.put(key(member), receiverClient);
  }

  private void word() {
    Map<NotificationKey, List<StandingMessage>> members = new LinkedHashMap<>();
    changed.keySet().forEach(key -> members.put(key, new ArrayList<>()));
    for (StandingMessage standingMessage : outbox.cards()) {
      if (standingMessage.stormed) {
        List<StandingMessage> list = members.get(key(standingMessage));
        if (list != null) {
          list.add(standingMessage);
        }
      }
    }
    members.forEach(
        (key, cards) -> {
          ReceiverClient receiverClient = changed.get(key);
          if (receiverClient != null && receiverClient.collapses()) {
            digest(key, cards, receiverClient);
          } else {
            word(key, cards, receiverClient);
          }
        });
    changed.clear();
    deliveryQueue.wake();
  }

  private void digest(
      NotificationKey key, List<StandingMessage> members, ReceiverClient receiverClient) {
    Entry waiting = null;
    for (Entry entry : outbox.entriesOf(key)) {
      if (!entry.sending && !entry.inDoubt) {
        waiting = entry;
      }
    }
    long digest = waiting == null ? 0 : waiting.id;
    List<StandingMessage> counted =
        members.stream().filter(it -> it.wanted == 0 || it.wanted == digest).toList();
    if (counted.isEmpty()) {
      return;
    }
    String content = content(counted, receiverClient);
    if (waiting == null) {
      String channel = counted.getFirst().channel;
      waiting = outbox.add(key, Entry.Kind.POST, channel, content, false, clock.now());
      deliveryQueue.add(waiting);
    } else {
      waiting.content = content;
      outbox.put(waiting);
    }
    for (StandingMessage member : counted) {
      member.wanted = waiting.id;
      outbox.put(member);
    }
  }

  private static String content(List<StandingMessage> members, ReceiverClient receiverClient) {
    List<StandingMessage> firing = members.stream().filter(it -> !it.over).toList();
    int alerts = firing.stream().mapToInt(it -> it.firing).sum();
    List<String> named = firing.stream().limit(NAMED).map(it -> it.content).toList();
    return receiverClient.storm(alerts, firing.size(), members.size() - firing.size(), named);
  }

  private void word(
      NotificationKey key, List<StandingMessage> members, @Nullable ReceiverClient receiverClient) {
    StandingMessage standingMessage = outbox.card(key);
    if (receiverClient == null || (members.isEmpty() && standingMessage == null)) {
      return;
    }
    String channel = standingMessage == null ? members.getFirst().channel : standingMessage.channel;
    if (standingMessage == null) {
      standingMessage = new StandingMessage(key, channel);
    }
    String content = content(members, receiverClient);
    standingMessage.over = members.stream().allMatch(it -> it.over);
    if (!content.equals(standingMessage.content)) {
      standingMessage.content = content;
      standingMessage.wanted++;
      if (outbox.entriesOf(key).isEmpty()) {
        deliveryQueue.add(outbox.add(key, Entry.Kind.CARD, channel, "", false, clock.now()));
      }
    }
    outbox.put(standingMessage);
    if (standingMessage.over) {
      members.forEach(outbox::remove);
    }
  }
}
