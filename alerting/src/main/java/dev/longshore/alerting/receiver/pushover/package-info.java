/// `pushover_configs`: notifications on phones by Pushover.
@NullMarked
package dev.longshore.alerting.receiver.pushover;

import org.jspecify.annotations.NullMarked;
