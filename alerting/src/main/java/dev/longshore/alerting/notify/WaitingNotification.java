package dev.longshore.alerting.notify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A message in the outbox.
///
/// @param integration its kind and its place among its kind: `slack[0]`
/// @param channel empty where the integration has none
/// @param group the id of the group that it is about
/// @param since when it was wanted
/// @param attempts that failed
/// @param notBefore when it is tried again at the earliest; null when it goes as soon as it is its
///   turn
/// @param problem why the last attempt failed; empty when none did
public record WaitingNotification(
    String receiver,
    String integration,
    String channel,
    String group,
    Instant since,
    int attempts,
    @Nullable Instant notBefore,
    String problem) {

  static WaitingNotification of(Entry entry, @Nullable Instant notBefore) {
    return new WaitingNotification(
        entry.key.receiver(),
        entry.key.integration(),
        entry.channel,
        entry.key.group(),
        entry.created,
        entry.attempts,
        notBefore,
        entry.problem);
  }
}
