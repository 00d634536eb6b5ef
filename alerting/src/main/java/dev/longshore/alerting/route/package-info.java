/// Which receiver is told of an alert, together with which others, and when.
///
/// [Route] is the tree of the configuration; [TimeInterval] and [Inhibitions] say what keeps an
/// alert from being told; the [Dispatcher] forms the groups, keeps their timers and tells a
/// [dev.longshore.alerting.alert.GroupListener]. The semantics are Alertmanager's. What can go
/// wrong here is time: a clock that is set forward makes groups due early, one that is set back
/// makes them wait no longer than their interval.
@NullMarked
package dev.longshore.alerting.route;

import org.jspecify.annotations.NullMarked;
