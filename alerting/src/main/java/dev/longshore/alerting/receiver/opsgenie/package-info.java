/// `opsgenie_configs`: alerts of Opsgenie and of Jira Service Management, which have one API.
@NullMarked
package dev.longshore.alerting.receiver.opsgenie;

import org.jspecify.annotations.NullMarked;
