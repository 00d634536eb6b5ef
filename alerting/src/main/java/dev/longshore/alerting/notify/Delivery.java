package dev.longshore.alerting.notify;

import java.time.Instant;
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
    Instant since) {}
