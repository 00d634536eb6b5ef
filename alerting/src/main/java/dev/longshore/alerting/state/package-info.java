/// What alerting remembers: state in memory, and a [StateStore] that follows it, a SQLite database
/// under `state.dir` held by one process.
///
/// Each package that keeps something brings its tables as a [Schema], and its rows as a
/// [StateWriter.Part]. All that changes in a turn of the loop is one unit of work, durable within
/// moments (`synchronous=FULL`); messages are sent when what led to them is. A full, slow, broken
/// or damaged disk stops nobody: alerting goes on from memory, says so by an alert, and writes
/// everything when it can.
@NullMarked
package dev.longshore.alerting.state;

import org.jspecify.annotations.NullMarked;
