package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.state.ChangedKeys;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.StoredRows;
import dev.longshore.alerting.state.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The notification log, the cards and the messages that are to be made, in memory and in the
/// database.
///
/// Changes are made in memory and are part of the turn's unit of work, so that a decision and the
/// messages that follow from it are there together or not at all. Owned by the loop's thread.
final class Outbox implements StateWriter.Part {
  static final Schema SCHEMA =
      new Schema(
          "notify",
          List.of(
              "create table notify_log (grp text not null, receiver text not null,"
                  + " integration text not null, firing text not null, resolved text not null,"
                  + " at integer not null, expires integer not null,"
                  + " primary key (grp, receiver, integration)) without rowid",
              "create table notify_cards (grp text not null, receiver text not null,"
                  + " integration text not null, channel text not null, content text not null,"
                  + " wanted integer not null, said integer not null, memory text not null,"
                  + " over integer not null, channel_id text, ts text, edited_at integer not null,"
                  + " firing integer not null, stormed integer not null,"
                  + " primary key (grp, receiver, integration)) without rowid",
              "create table notify_outbox (id integer primary key, grp text not null,"
                  + " receiver text not null, integration text not null, kind text not null,"
                  + " channel text not null, content text not null, broadcast integer not null,"
                  + " created integer not null, attempts integer not null,"
                  + " not_before integer not null, sending integer not null,"
                  + " plain integer not null, since integer not null)",
              "create table notify_channels (account text not null, channel text not null,"
                  + " channel_id text not null, primary key (account, channel)) without rowid",
              "create table notify_failing (lane text primary key, labels text not null,"
                  + " since integer not null) without rowid",
              "alter table notify_log add column withheld text not null default ''"));

  private static final List<String> KEY = List.of("grp", "receiver", "integration");

  private static final Duration LOG_KEPT = Duration.ofDays(5);

  private final Map<NotificationKey, NotificationLogEntry> log = new HashMap<>();
  private final Map<NotificationKey, Instant> expiries = new HashMap<>();
  private final Map<NotificationKey, StandingMessage> cards = new HashMap<>();
  private final SortedMap<Long, Entry> entries = new TreeMap<>();
  private final Map<NotificationKey, List<Entry>> entriesByKey = new HashMap<>();
  private final Map<String, String> channelIds = new HashMap<>();
  private final Map<String, Failing> failing = new LinkedHashMap<>();
  private long lastId;

  private final ChangedKeys<NotificationKey> dirtyLog = new ChangedKeys<>();
  private final ChangedKeys<NotificationKey> dirtyCards = new ChangedKeys<>();
  private final ChangedKeys<Long> dirtyEntries = new ChangedKeys<>();
  private final ChangedKeys<String> dirtyChannels = new ChangedKeys<>();
  private final ChangedKeys<String> dirtyFailing = new ChangedKeys<>();

  /// A lane whose alert about itself fires.
  ///
  /// @param labels the alert's, as JSON
  record Failing(String labels, Instant since) {}

  /// Reads what is there and can be read. Messages that were being sent are in doubt.
  Outbox(StateWriter state) {
    state.add(this);
    state.read(
        connection -> {
          StoredRows.read(connection, "notify_log", "", KEY, this::readLog);
          StoredRows.read(connection, "notify_cards", "", KEY, this::readCard);
          StoredRows.read(
              connection, "notify_outbox", "order by id", List.of("id"), this::readEntry);
          StoredRows.read(
              connection,
              "notify_channels",
              "",
              List.of("account", "channel"),
              row ->
                  channelIds.put(
                      row.getString("account") + '\n' + row.getString("channel"),
                      row.getString("channel_id")));
          StoredRows.read(
              connection,
              "notify_failing",
              "",
              List.of("lane"),
              row ->
                  failing.put(
                      row.getString("lane"),
                      new Failing(row.getString("labels"), instant(row, "since"))));
          return true;
        });
  }

  private void readLog(ResultSet row) throws SQLException {
    NotificationKey key = key(row);
    log.put(
        key,
        new NotificationLogEntry(
            fingerprints(row.getString("firing")),
            fingerprints(row.getString("resolved")),
            fingerprints(row.getString("withheld")),
            instant(row, "at")));
    expiries.put(key, instant(row, "expires"));
  }

  private void readCard(ResultSet row) throws SQLException {
    StandingMessage standingMessage = new StandingMessage(key(row), row.getString("channel"));
    standingMessage.content = row.getString("content");
    standingMessage.wanted = row.getLong("wanted");
    standingMessage.said = row.getLong("said");
    standingMessage.memory = row.getString("memory");
    standingMessage.over = row.getBoolean("over");
    standingMessage.channelId = row.getString("channel_id");
    standingMessage.ts = row.getString("ts");
    standingMessage.editedAt = instant(row, "edited_at");
    standingMessage.firing = row.getInt("firing");
    standingMessage.stormed = row.getBoolean("stormed");
    cards.put(standingMessage.key, standingMessage);
  }

  private void readEntry(ResultSet row) throws SQLException {
    long id = row.getLong("id");
    // Also of one that can't be read: its row stays, and no other message has its number.
    lastId = Math.max(lastId, id);
    Entry entry =
        new Entry(
            id,
            key(row),
            Entry.Kind.valueOf(row.getString("kind")),
            row.getString("channel"),
            row.getString("content"),
            instant(row, "created"));
    entry.broadcast = row.getBoolean("broadcast");
    entry.attempts = row.getInt("attempts");
    entry.notBefore = instant(row, "not_before");
    entry.inDoubt = row.getBoolean("sending");
    entry.plain = row.getBoolean("plain");
    entry.since = instant(row, "since");
    entries.put(entry.id, entry);
    entriesByKey.computeIfAbsent(entry.key, it -> new ArrayList<>()).add(entry);
  }

  private static NotificationKey key(ResultSet row) throws SQLException {
    return new NotificationKey(
        row.getString("grp"), row.getString("receiver"), row.getString("integration"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  @Nullable NotificationLogEntry lastNotified(NotificationKey key) {
    return log.get(key);
  }

  void recordNotified(NotificationKey key, NotificationLogEntry entry, Instant expires) {
    log.put(key, entry);
    expiries.put(key, expires);
    dirtyLog.add(key);
  }

  /// Forgets what was told so long ago that it is no longer needed.
  void expire(Instant now) {
    expiries.forEach(
        (key, expires) -> {
          if (expires.isBefore(now)) {
            log.remove(key);
            dirtyLog.add(key);
            StandingMessage standingMessage = cards.get(key);
            if (standingMessage != null && standingMessage.over && entriesOf(key).isEmpty()) {
              remove(standingMessage);
            }
          }
        });
    expiries.keySet().retainAll(log.keySet());
  }

  /// Whether the end of a group was not told yet. Its card may say so long before: cards are edited
  /// at once, replies wait for the group's interval.
  boolean endIsToBeTold(NotificationKey key) {
    NotificationLogEntry last = log.get(key);
    return last != null && last.isOpen();
  }

  /// The message about what was told last was delivered: `repeat_interval` counts from now.
  void delivered(NotificationKey key, Instant now) {
    NotificationLogEntry last = log.get(key);
    if (last != null && last.at().isBefore(now)) {
      Instant expires = expiries.getOrDefault(key, now);
      recordNotified(key, last.at(now), expires.plus(Duration.between(last.at(), now)));
    }
  }

  /// Forgets what was told.
  void forget(NotificationKey key) {
    if (log.remove(key) != null) {
      expiries.remove(key);
      dirtyLog.add(key);
    }
  }

  static Instant expiry(Instant now, Duration repeatInterval) {
    Duration twice = repeatInterval.multipliedBy(2);
    return now.plus(twice.compareTo(LOG_KEPT) > 0 ? twice : LOG_KEPT);
  }

  @Nullable StandingMessage card(NotificationKey key) {
    return cards.get(key);
  }

  /// All cards; a view.
  Collection<StandingMessage> cards() {
    return Collections.unmodifiableCollection(cards.values());
  }

  void put(StandingMessage standingMessage) {
    cards.put(standingMessage.key, standingMessage);
    dirtyCards.add(standingMessage.key);
  }

  void remove(StandingMessage standingMessage) {
    if (cards.remove(standingMessage.key, standingMessage)) {
      dirtyCards.add(standingMessage.key);
    }
  }

  Entry add(
      NotificationKey key,
      Entry.Kind kind,
      String channel,
      String content,
      boolean broadcast,
      Instant now) {
    Entry entry = new Entry(++lastId, key, kind, channel, content, now);
    entry.broadcast = broadcast;
    entriesByKey.computeIfAbsent(key, it -> new ArrayList<>()).add(entry);
    put(entry);
    return entry;
  }

  void put(Entry entry) {
    entries.put(entry.id, entry);
    dirtyEntries.add(entry.id);
  }

  void remove(Entry entry) {
    entries.remove(entry.id);
    dirtyEntries.add(entry.id);
    List<Entry> ofKey = entriesByKey.get(entry.key);
    if (ofKey != null && ofKey.remove(entry) && ofKey.isEmpty()) {
      entriesByKey.remove(entry.key);
    }
  }

  boolean has(Entry entry) {
    return entries.get(entry.id) == entry;
  }

  /// The messages about a group for an integration, the oldest first.
  List<Entry> entriesOf(NotificationKey key) {
    return List.copyOf(entriesByKey.getOrDefault(key, List.of()));
  }

  /// The newest of a kind that waits; null when there is none.
  @Nullable Entry waiting(NotificationKey key, Entry.Kind kind) {
    Entry found = null;
    for (Entry entry : entriesOf(key)) {
      if (entry.kind == kind) {
        found = entry;
      }
    }
    return found;
  }

  /// All messages, the oldest first; a copy.
  List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  int size() {
    return entries.size();
  }

  /// When the oldest message was wanted; null when there is none.
  @Nullable Instant oldest() {
    for (Entry entry : entries.values()) {
      return entry.created;
    }
    return null;
  }

  @Nullable String channelId(String account, String channel) {
    return channelIds.get(account + '\n' + channel);
  }

  void channelId(String account, String channel, String id) {
    String name = account + '\n' + channel;
    if (!id.equals(channelIds.put(name, id))) {
      dirtyChannels.add(name);
    }
  }

  @Nullable Failing failing(String lane) {
    return failing.get(lane);
  }

  Set<String> failingLanes() {
    return Set.copyOf(failing.keySet());
  }

  void failing(String lane, @Nullable Failing now) {
    if (now == null) {
      failing.remove(lane);
    } else {
      failing.put(lane, now);
    }
    dirtyFailing.add(lane);
  }

  /// Has times follow a wall clock that has jumped: nothing is told again or kept back because the
  /// clock is another.
  ///
  /// @param jump forward, or back
  void clockJumped(Duration jump) {
    log.replaceAll((_, entry) -> entry.at(entry.at().plus(jump)));
    expiries.replaceAll((_, expires) -> expires.plus(jump));
    cards
        .values()
        .forEach(
            standingMessage -> standingMessage.editedAt = moved(standingMessage.editedAt, jump));
    for (Entry entry : entries.values()) {
      entry.notBefore = moved(entry.notBefore, jump);
      entry.keepUntil = entry.keepUntil.plus(jump);
      if (jump.isNegative()) {
        // What may be there already is looked for from then on: rather too much of it.
        entry.since = moved(entry.since, jump);
      }
    }
    everything();
  }

  /// The epoch stands for no time.
  static Instant moved(Instant time, Duration jump) {
    return time.equals(Instant.EPOCH) ? time : time.plus(jump);
  }

  boolean isDirty() {
    return !(dirtyLog.isEmpty()
        && dirtyCards.isEmpty()
        && dirtyEntries.isEmpty()
        && dirtyChannels.isEmpty()
        && dirtyFailing.isEmpty());
  }

  @Override
  public void collect(UnitOfWork unit) {
    new OutboxWriter(unit)
        .log(dirtyLog.take(), log, expiries)
        .cards(dirtyCards.take(), cards)
        .entries(dirtyEntries.take(), entries)
        .channels(dirtyChannels.take(), channelIds)
        .failing(dirtyFailing.take(), failing);
  }

  @Override
  public void written() {
    for (ChangedKeys<?> changed : changes()) {
      changed.written();
    }
  }

  @Override
  public void notWritten() {
    for (ChangedKeys<?> changed : changes()) {
      changed.notWritten();
    }
  }

  @Override
  public void everything() {
    dirtyLog.addAll(log.keySet());
    dirtyCards.addAll(cards.keySet());
    dirtyEntries.addAll(entries.keySet());
    dirtyChannels.addAll(channelIds.keySet());
    dirtyFailing.addAll(failing.keySet());
  }

  private List<ChangedKeys<?>> changes() {
    return List.of(dirtyLog, dirtyCards, dirtyEntries, dirtyChannels, dirtyFailing);
  }

  private static Set<Fingerprint> fingerprints(String text) {
    Set<Fingerprint> fingerprints = new TreeSet<>();
    for (int i = 0; i + 16 <= text.length(); i += 16) {
      fingerprints.add(Fingerprint.parse(text.substring(i, i + 16)));
    }
    return fingerprints;
  }
}
