package dev.longshore.alerting.notify;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A message on its way: what a [ReceiverClient] needs to know to hand it over. Immutable.
///
/// @param marker identifies the message over restarts
/// @param channel as configured
/// @param channelId the channel's id; null when it is not known yet
/// @param ts the message to edit; null for a new one
/// @param threadTs the message to reply to; null for none
/// @param plain whether the content was refused, and is to be sent as plain text
/// @param inDoubt whether the other side may have it already
/// @param since when it was first sent; nothing of it is older
public record Delivery(
    String marker,
    String channel,
    @Nullable String channelId,
    @Nullable String ts,
    @Nullable String threadTs,
    String content,
    boolean broadcast,
    boolean plain,
    boolean inDoubt,
    Instant since) {

  /// Names what is said: the same for each attempt at the same message, by this process, the next
  /// one or another replica. A message that was brought up to date before it was tried again has
  /// another one.
  public UUID idempotencyKey() {
    return UUID.nameUUIDFromBytes((marker + '\n' + content).getBytes(StandardCharsets.UTF_8));
  }
}
