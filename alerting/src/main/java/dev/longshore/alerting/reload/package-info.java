/// What is in force of the files that people change while alerting runs: rule files, the
/// Alertmanager file and its templates. They are read again when they change, when somebody asks,
/// and on SIGHUP.
///
/// What can go wrong: a file is broken. Its last good version stays in force, an alert says so, and
/// the answer to who asked says what is wrong; the other files are taken.
@NullMarked
package dev.longshore.alerting.reload;

import org.jspecify.annotations.NullMarked;
