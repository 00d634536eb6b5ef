package dev.longshore.alerting.notify;

import java.time.Duration;
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

  /// How long a message is tried. A group that still fires then is told anew.
  static final Duration KEPT = Duration.ofDays(1);

  final long id;
  final NotificationKey key;
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

  /// When it is given up: what is told later than that misleads.
  Instant keepUntil;

  /// Whether the receiver has refused its content, so that it waits beside the others.
  boolean refused;

  /// Why the last attempt failed, for people; empty when none did, by this process.
  String problem = "";

  /// For a post: whether the receiver has not heard yet that anything of its group fires.
  boolean opening;

  /// For a card: whether only numbers have changed.
  boolean minor;

  /// For a card: the version that is being sent.
  long version;

  Entry(long id, NotificationKey key, Kind kind, String channel, String content, Instant created) {
    this.id = id;
    this.key = key;
    this.kind = kind;
    this.channel = channel;
    this.content = content;
    this.created = created;
    this.keepUntil = created.plus(KEPT);
  }

  /// Over restarts the same.
  String marker() {
    return "longshore-" + created.toEpochMilli() + "-" + id;
  }
}
