/// `longshore alerting test`: rules, routing, silences and messages tried in virtual time, against
/// answers and lines that a file records in place of its sources. The engine is the one that runs;
/// only its clock, its sources and the far ends of its messengers are others.
///
/// What can go wrong: the file is broken, which is told with its lines; or something is not as it
/// expects, which is told with what was.
@NullMarked
package dev.longshore.rulelab.ruletest;

import org.jspecify.annotations.NullMarked;
