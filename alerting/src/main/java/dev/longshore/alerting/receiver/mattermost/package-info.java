/// `mattermost_configs`: messages in a channel of Mattermost, by its incoming webhooks.
@NullMarked
package dev.longshore.alerting.receiver.mattermost;

import org.jspecify.annotations.NullMarked;
