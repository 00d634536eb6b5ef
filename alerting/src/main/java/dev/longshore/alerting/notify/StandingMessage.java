package dev.longshore.alerting.notify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A message that stands for a group, or is about to. Owned by the loop's thread.
final class StandingMessage {
  final NotificationKey key;
  final String channel;

  /// What it should say, and how often that has changed.
  String content = "";

  long wanted;

  /// The version that it says; 0 before it is posted.
  long said;

  String memory = "";
  boolean over;
  @Nullable String channelId;
  @Nullable String ts;
  Instant editedAt = Instant.EPOCH;

  /// How many alerts fire.
  int firing;

  /// Whether it has no message of its own, and is counted in its channel's storm card.
  boolean stormed;

  StandingMessage(NotificationKey key, String channel) {
    this.key = key;
    this.channel = channel;
  }
}
