/// `rocketchat_configs`: messages in a channel of Rocket.Chat.
@NullMarked
package dev.longshore.alerting.receiver.rocketchat;

import org.jspecify.annotations.NullMarked;
