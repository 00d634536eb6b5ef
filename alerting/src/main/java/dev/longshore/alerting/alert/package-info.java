/// What the stages of alerting hand to each other: labels, alerts, groups of alerts.
///
/// Values only. Nothing here knows where an alert comes from, where it goes, or what time it is.
/// Labels are what identifies an alert; two alerts with equal labels are the same alert.
@NullMarked
package dev.longshore.alerting.alert;

import org.jspecify.annotations.NullMarked;
