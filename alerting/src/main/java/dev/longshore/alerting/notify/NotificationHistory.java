package dev.longshore.alerting.notify;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What became of the messages to receivers lately, in memory: it begins with the process. The
/// oldest go first. Owned by the loop's thread.
final class NotificationHistory {
  static final int MAX = 500;

  private final ArrayDeque<NotificationOutcome> outcomes = new ArrayDeque<>();

  void add(NotificationOutcome outcome) {
    if (outcomes.size() == MAX) {
      outcomes.removeFirst();
    }
    outcomes.addLast(outcome);
  }

  /// Keeps what is known of a message.
  ///
  /// @param detail for people
  void add(Entry entry, Instant now, NotificationOutcome.Fate fate, String detail) {
    add(
        new NotificationOutcome(
            now,
            entry.key.receiver(),
            entry.key.integration(),
            entry.channel,
            entry.key.group(),
            fate,
            detail));
  }

  /// All, the newest first.
  List<NotificationOutcome> newestFirst() {
    List<NotificationOutcome> newest = new ArrayList<>(outcomes);
    Collections.reverse(newest);
    return newest;
  }
}
