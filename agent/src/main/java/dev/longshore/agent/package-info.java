/// The node agent: its entry, and its wiring in one screen.
@NullMarked
package dev.longshore.agent;

import org.jspecify.annotations.NullMarked;
