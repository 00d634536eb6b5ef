package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.alerting.state.Upsert;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The statements that write an [Outbox]: for each name that has changed its row, or that it is
/// gone.
final class OutboxWriter {
  private static final List<String> KEY = List.of("grp", "receiver", "integration");

  private static final String PUT_LOG =
      Upsert.into("notify_log", KEY, List.of("firing", "resolved", "withheld", "at", "expires"));

  private static final String PUT_CARD =
      Upsert.into(
          "notify_cards",
          KEY,
          List.of(
              "channel",
              "content",
              "wanted",
              "said",
              "memory",
              "over",
              "channel_id",
              "ts",
              "edited_at",
              "firing",
              "stormed"));

  private static final String PUT_ENTRY =
      Upsert.into(
          "notify_outbox",
          List.of("id"),
          List.of(
              "grp",
              "receiver",
              "integration",
              "kind",
              "channel",
              "content",
              "broadcast",
              "created",
              "attempts",
              "not_before",
              "sending",
              "plain",
              "since"));

  static final String REMOVE_ENTRY = "delete from notify_outbox where id = ?";

  private static final String PUT_CHANNEL =
      Upsert.into("notify_channels", List.of("account", "channel"), List.of("channel_id"));

  private static final String PUT_FAILING =
      Upsert.into("notify_failing", List.of("lane"), List.of("labels", "since"));

  private static final String OF_KEY = " where grp = ? and receiver = ? and integration = ?";

  private final UnitOfWork unit;

  OutboxWriter(UnitOfWork unit) {
    this.unit = unit;
  }

  OutboxWriter log(
      Set<NotificationKey> changed,
      Map<NotificationKey, NotificationLogEntry> log,
      Map<NotificationKey, Instant> expiries) {
    for (NotificationKey key : changed) {
      NotificationLogEntry entry = log.get(key);
      if (entry == null) {
        remove("notify_log", key);
      } else {
        unit.add(
            PUT_LOG,
            key.group(),
            key.receiver(),
            key.integration(),
            text(entry.firing()),
            text(entry.resolved()),
            text(entry.withheld()),
            entry.at(),
            expiries.getOrDefault(key, entry.at()));
      }
    }
    return this;
  }

  private void remove(String table, NotificationKey key) {
    unit.add("delete from " + table + OF_KEY, key.group(), key.receiver(), key.integration());
  }

  OutboxWriter cards(Set<NotificationKey> changed, Map<NotificationKey, StandingMessage> cards) {
    for (NotificationKey key : changed) {
      StandingMessage standingMessage = cards.get(key);
      if (standingMessage == null) {
        remove("notify_cards", key);
      } else {
        unit.add(
            PUT_CARD,
            key.group(),
            key.receiver(),
            key.integration(),
            standingMessage.channel,
            standingMessage.content,
            standingMessage.wanted,
            standingMessage.said,
            standingMessage.memory,
            standingMessage.over,
            standingMessage.channelId,
            standingMessage.ts,
            standingMessage.editedAt,
            standingMessage.firing,
            standingMessage.stormed);
      }
    }
    return this;
  }

  OutboxWriter entries(Set<Long> changed, Map<Long, Entry> entries) {
    for (long id : changed) {
      Entry entry = entries.get(id);
      if (entry == null) {
        unit.add(REMOVE_ENTRY, id);
      } else {
        unit.add(
            PUT_ENTRY,
            id,
            entry.key.group(),
            entry.key.receiver(),
            entry.key.integration(),
            entry.kind.name(),
            entry.channel,
            entry.content,
            entry.broadcast,
            entry.created,
            entry.attempts,
            entry.notBefore,
            entry.sending || entry.inDoubt,
            entry.plain,
            entry.since);
      }
    }
    return this;
  }

  OutboxWriter channels(Set<String> changed, Map<String, String> channelIds) {
    for (String name : changed) {
      int end = name.indexOf('\n');
      String account = name.substring(0, end);
      String channel = name.substring(end + 1);
      String id = channelIds.get(name);
      if (id == null) {
        unit.add("delete from notify_channels where account = ? and channel = ?", account, channel);
      } else {
        unit.add(PUT_CHANNEL, account, channel, id);
      }
    }
    return this;
  }

  OutboxWriter failing(Set<String> changed, Map<String, Outbox.Failing> failing) {
    for (String lane : changed) {
      Outbox.@Nullable Failing now = failing.get(lane);
      if (now == null) {
        unit.add("delete from notify_failing where lane = ?", lane);
      } else {
        unit.add(PUT_FAILING, lane, now.labels(), now.since());
      }
    }
    return this;
  }

  private static String text(Collection<Fingerprint> fingerprints) {
    StringBuilder text = new StringBuilder();
    fingerprints.forEach(text::append);
    return text.toString();
  }
}
