/// What alerting remembers: one SQLite database under `state.dir`, held by one process.
///
/// [Database] is the file; each package that keeps something brings its tables as a [Schema] and
/// its statements in a class of its own. A write is durable when it returns (`synchronous=FULL`). A
/// full disk makes a write fail, and the caller keeps what it had.
@NullMarked
package dev.longshore.alerting.state;

import org.jspecify.annotations.NullMarked;
