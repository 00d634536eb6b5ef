/// `webex_configs`: messages in a room of Webex, by a bot.
@NullMarked
package dev.longshore.alerting.receiver.webex;

import org.jspecify.annotations.NullMarked;
