package dev.longshore.alerting.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What goes to one channel with one account, in order and one at a time. Owned by the loop's
/// thread.
final class ChannelQueue {

  /// Those who share limits: lanes with the same credentials. Owned by the loop's thread.
  static final class Account {
    /// So many channels at their limits at a time are a workspace at its limit.
    private static final int LANES = 3;

    Instant blockedUntil = Instant.EPOCH;
    Instant editsFrom = Instant.EPOCH;
    private final Map<String, Instant> limited = new HashMap<>();

    void clockJumped(Duration jump) {
      blockedUntil = Outbox.moved(blockedUntil, jump);
      editsFrom = Outbox.moved(editsFrom, jump);
      limited.replaceAll((_, until) -> until.plus(jump));
    }

    /// A lane was told to wait.
    void limited(String lane, Instant now, Instant until) {
      limited.values().removeIf(it -> !it.isAfter(now));
      limited.put(lane, until);
      if (limited.size() >= LANES) {
        blockedUntil = until;
      }
    }
  }

  final String name;
  final String channel;
  final Account account;
  final ReceiverClient receiverClient;
  final TreeMap<Long, Entry> entries = new TreeMap<>();

  /// What is on its way; null when nothing is.
  @Nullable Entry inFlight;

  Instant blockedUntil = Instant.EPOCH;

  /// Since when nothing was taken; null when the last message was.
  @Nullable Instant failingSince;

  int refusals;

  /// When it had its last edit, by the count of edits: the one that waits longest is next.
  long lastEdit;

  void clockJumped(Duration jump) {
    blockedUntil = Outbox.moved(blockedUntil, jump);
    failingSince = failingSince == null ? null : failingSince.plus(jump);
  }

  ChannelQueue(String name, String channel, Account account, ReceiverClient receiverClient) {
    this.name = name;
    this.channel = channel;
    this.account = account;
    this.receiverClient = receiverClient;
  }
}
