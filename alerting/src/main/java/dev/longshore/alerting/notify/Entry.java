package dev.longshore.alerting.notify;

import java.time.Instant;

/// A message to make, as it lies in the outbox. Owned by the loop's thread.
final class Entry {

  /// What is to be made.
  enum Kind {
    /// The card is to be posted or edited to what it should say.
    CARD,
    /// A reply in the card's thread.
    REPLY,
    /// A message of its own.
    POST
  }

  final long id;
  final Key key;
  final Kind kind;
  final String channel;
  final Instant created;

  String content;
  boolean broadcast;
  int attempts;
  Instant notBefore = Instant.EPOCH;

  /// Marked before it is sent; still set when it is read after a kill.
  boolean sending;

  boolean inDoubt;
  boolean plain;

  /// When it was first sent; the epoch before.
  Instant since = Instant.EPOCH;

  /// For a card: the version that is being sent.
  long version;

  Entry(long id, Key key, Kind kind, String channel, String content, Instant created) {
    this.id = id;
    this.key = key;
    this.kind = kind;
    this.channel = channel;
    this.content = content;
    this.created = created;
  }

  /// Over restarts the same.
  String marker() {
    return "longshore-" + created.toEpochMilli() + "-" + id;
  }
}
