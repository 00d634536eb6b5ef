/// The life of an alert, wired: evaluation, the alerts that are known, silences, routing and
/// notification, on one loop. It knows no file, no port and no signal, so that a test runs the same
/// engine in virtual time.
///
/// What can go wrong: a part throws, which is counted and logged, and the rest goes on; the
/// database can't be written, and each part keeps what it had and tries again.
@NullMarked
package dev.longshore.alerting.engine;

import org.jspecify.annotations.NullMarked;
