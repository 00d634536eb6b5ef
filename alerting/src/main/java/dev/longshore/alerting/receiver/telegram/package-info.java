/// `telegram_configs`: messages in a chat of Telegram, by a bot.
@NullMarked
package dev.longshore.alerting.receiver.telegram;

import org.jspecify.annotations.NullMarked;
