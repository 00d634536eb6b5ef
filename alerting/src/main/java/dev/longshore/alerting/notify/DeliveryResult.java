package dev.longshore.alerting.notify;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the other side took a message.
public sealed interface DeliveryResult {

  /// It has it.
  ///
  /// @param channelId where it stands; null where there is no such thing
  /// @param ts which it is there; null where there is no such thing
  record Delivered(@Nullable String channelId, @Nullable String ts) implements DeliveryResult {}

  /// It did not take it now, and may later.
  ///
  /// @param reason Alertmanager's word for it: `rateLimited`, `serverError`…
  /// @param after how long it asked us to wait; null when it did not
  /// @param inDoubt whether it may have it all the same
  record Retry(String reason, String message, @Nullable Duration after, boolean inDoubt)
      implements DeliveryResult {}

  /// It accepts no messages until somebody changes something.
  ///
  /// @param code its word for it
  /// @param remedy what to do, for people
  record Misconfigured(String code, String remedy) implements DeliveryResult {}

  /// It refuses this content.
  record PayloadRejected(String code, String message) implements DeliveryResult {}

  /// What was to be edited or replied to is not there any more.
  record TargetMissing(String code) implements DeliveryResult {}
}
