/// Moving over from ElastAlert 2: its rule files become rule files of ours, and what has no
/// counterpart is said. Nothing is guessed: a rule that would mean something else is not converted.
@NullMarked
package dev.longshore.rulelab.elastalert;

import org.jspecify.annotations.NullMarked;
