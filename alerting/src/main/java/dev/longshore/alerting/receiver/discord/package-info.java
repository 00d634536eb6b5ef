/// `discord_configs`: messages in a channel of Discord, by its webhooks.
@NullMarked
package dev.longshore.alerting.receiver.discord;

import org.jspecify.annotations.NullMarked;
