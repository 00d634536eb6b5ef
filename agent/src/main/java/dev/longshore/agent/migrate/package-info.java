/// Turns the configuration of another agent into one of ours, as far as it has a counterpart, and
/// names what has none. It reads text and writes text: nothing here touches a running agent.
@NullMarked
package dev.longshore.agent.migrate;

import org.jspecify.annotations.NullMarked;
