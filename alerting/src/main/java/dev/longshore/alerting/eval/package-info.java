/// Evaluation: rule groups on their own clocks, and for each rule the alerts that are pending or
/// fire.
///
/// The state machine is Prometheus' (`rules/alerting.go`): an alert is pending until its condition
/// has held for `for`, then it fires until the condition is gone, and `keep_firing_for` longer.
/// What differs is what is not known. A source without an answer, or a rule that it refuses,
/// changes no alert and ends none; it raises one alert about itself, and marks what it leaves
/// unknown.
///
/// The state is on disk after each evaluation, `for` included. All of it is owned by the alerting
/// loop; queries and templates run on the executor.
@NullMarked
package dev.longshore.alerting.eval;

import org.jspecify.annotations.NullMarked;
