/// What the people who run alerting see of it: the page and what it asks beside Alertmanager's API,
/// the status page, why an alert was told or not, drills, and the heartbeat that says from outside
/// whether all this still works.
///
/// What can go wrong: the loop is busy, and a page waits for it; the heartbeat's URL does not
/// answer, which is counted and logged, and told by the service behind it.
@NullMarked
package dev.longshore.alerting.ops;

import org.jspecify.annotations.NullMarked;
