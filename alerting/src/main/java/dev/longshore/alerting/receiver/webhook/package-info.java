/// `webhook_configs`: Alertmanager's payload, posted to a URL.
@NullMarked
package dev.longshore.alerting.receiver.webhook;

import org.jspecify.annotations.NullMarked;
