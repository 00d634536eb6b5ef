package dev.longshore.alerting.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What goes to one channel with one account: in order and one at a time, or as many at a time as
/// its client takes, those about a group in order. Owned by the loop's thread.
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

  /// What is on its way: no two about the same group.
  final List<Entry> inFlight = new ArrayList<>();

  Instant blockedUntil = Instant.EPOCH;

  /// Since when nothing was taken; null when the last message was.
  @Nullable Instant failingSince;

  int refusals;

  /// When it had its last edit, by the count of edits: the one that waits longest is next.
  long lastEdit;

  /// Whether one more may be sent. While nothing is taken it is tried with one.
  boolean hasRoom() {
    return inFlight.size() < (failingSince == null ? receiverClient.concurrency() : 1);
  }

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
