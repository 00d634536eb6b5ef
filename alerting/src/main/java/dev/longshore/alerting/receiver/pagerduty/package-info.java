/// `pagerduty_configs`: incidents by PagerDuty's Events API, version 2, and 1 where a `service_key`
/// is.
@NullMarked
package dev.longshore.alerting.receiver.pagerduty;

import org.jspecify.annotations.NullMarked;
