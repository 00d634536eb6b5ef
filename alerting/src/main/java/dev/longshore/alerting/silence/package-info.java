/// Silences: matchers with a start and an end, made by people, under which alerts are not told.
///
/// They persist in the state database and are forgotten a while after they have ended. The
/// semantics of changing one are Alertmanager's: what has been in force stays on record, so a
/// change that would rewrite the past ends the old silence and makes a new one.
@NullMarked
package dev.longshore.alerting.silence;

import org.jspecify.annotations.NullMarked;
