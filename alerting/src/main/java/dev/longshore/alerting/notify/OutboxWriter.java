package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Fingerprint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The statements that write an [Outbox]: for each name that has changed its row, or that it is
/// gone.
final class OutboxWriter {
  private final Connection connection;

  OutboxWriter(Connection connection) {
    this.connection = connection;
  }

  OutboxWriter log(Set<Key> changed, Map<Key, LogEntry> log, Map<Key, Instant> expiries)
      throws SQLException {
    try (PreparedStatement put =
            connection.prepareStatement(
                "insert or replace into notify_log values (?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement drop =
            connection.prepareStatement(
                "delete from notify_log where grp = ? and receiver = ? and integration = ?")) {
      for (Key key : changed) {
        LogEntry entry = log.get(key);
        if (entry == null) {
          key(drop, 1, key).addBatch();
        } else {
          key(put, 1, key);
          put.setString(4, text(entry.firing()));
          put.setString(5, text(entry.resolved()));
          put.setLong(6, entry.at().toEpochMilli());
          put.setLong(7, expiries.getOrDefault(key, entry.at()).toEpochMilli());
          put.addBatch();
        }
      }
      put.executeBatch();
      drop.executeBatch();
    }
    return this;
  }

  OutboxWriter cards(Set<Key> changed, Map<Key, Card> cards) throws SQLException {
    try (PreparedStatement put =
            connection.prepareStatement(
                "insert or replace into notify_cards values"
                    + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement drop =
            connection.prepareStatement(
                "delete from notify_cards where grp = ? and receiver = ? and integration = ?")) {
      for (Key key : changed) {
        Card card = cards.get(key);
        if (card == null) {
          key(drop, 1, key).addBatch();
        } else {
          key(put, 1, key);
          put.setString(4, card.channel);
          put.setString(5, card.content);
          put.setLong(6, card.wanted);
          put.setLong(7, card.said);
          put.setString(8, card.memory);
          put.setBoolean(9, card.over);
          put.setString(10, card.channelId);
          put.setString(11, card.ts);
          put.setLong(12, card.editedAt.toEpochMilli());
          put.setInt(13, card.firing);
          put.setBoolean(14, card.stormed);
          put.addBatch();
        }
      }
      put.executeBatch();
      drop.executeBatch();
    }
    return this;
  }

  OutboxWriter entries(Set<Long> changed, Map<Long, Entry> entries) throws SQLException {
    try (PreparedStatement put =
            connection.prepareStatement(
                "insert or replace into notify_outbox"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement drop =
            connection.prepareStatement("delete from notify_outbox where id = ?")) {
      for (long id : changed) {
        Entry entry = entries.get(id);
        if (entry == null) {
          drop.setLong(1, id);
          drop.addBatch();
        } else {
          put.setLong(1, id);
          key(put, 2, entry.key);
          put.setString(5, entry.kind.name());
          put.setString(6, entry.channel);
          put.setString(7, entry.content);
          put.setBoolean(8, entry.broadcast);
          put.setLong(9, entry.created.toEpochMilli());
          put.setInt(10, entry.attempts);
          put.setLong(11, entry.notBefore.toEpochMilli());
          put.setBoolean(12, entry.sending || entry.inDoubt);
          put.setBoolean(13, entry.plain);
          put.setLong(14, entry.since.toEpochMilli());
          put.addBatch();
        }
      }
      put.executeBatch();
      drop.executeBatch();
    }
    return this;
  }

  OutboxWriter channels(Set<String> changed, Map<String, String> channelIds) throws SQLException {
    try (PreparedStatement put =
        connection.prepareStatement("insert or replace into notify_channels values (?, ?, ?)")) {
      for (String name : changed) {
        int end = name.indexOf('\n');
        put.setString(1, name.substring(0, end));
        put.setString(2, name.substring(end + 1));
        put.setString(3, channelIds.get(name));
        put.addBatch();
      }
      put.executeBatch();
    }
    return this;
  }

  OutboxWriter failing(Set<String> changed, Map<String, Outbox.Failing> failing)
      throws SQLException {
    try (PreparedStatement put =
            connection.prepareStatement("insert or replace into notify_failing values (?, ?, ?)");
        PreparedStatement drop =
            connection.prepareStatement("delete from notify_failing where lane = ?")) {
      for (String lane : changed) {
        Outbox.@Nullable Failing now = failing.get(lane);
        if (now == null) {
          drop.setString(1, lane);
          drop.addBatch();
        } else {
          put.setString(1, lane);
          put.setString(2, now.labels());
          put.setLong(3, now.since().toEpochMilli());
          put.addBatch();
        }
      }
      put.executeBatch();
      drop.executeBatch();
    }
    return this;
  }

  private static PreparedStatement key(PreparedStatement statement, int from, Key key)
      throws SQLException {
    statement.setString(from, key.group());
    statement.setString(from + 1, key.receiver());
    statement.setString(from + 2, key.integration());
    return statement;
  }

  private static String text(Collection<Fingerprint> fingerprints) {
    StringBuilder text = new StringBuilder();
    fingerprints.forEach(text::append);
    return text.toString();
  }
}
