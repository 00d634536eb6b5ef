/// Rules: what to look for, how long it must last, and what to say about it; read from Prometheus
/// rule files.
///
/// A rule that is broken never stops another: its last good version goes on, and the problem is
/// told with file, line and what would be accepted. Nothing here evaluates anything.
@NullMarked
package dev.longshore.alerting.rule;

import org.jspecify.annotations.NullMarked;
