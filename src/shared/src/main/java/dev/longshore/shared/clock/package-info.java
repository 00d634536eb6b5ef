/// Time as a parameter: the one place that asks the system for it and the one place that sleeps.
@NullMarked
package dev.longshore.shared.clock;

import org.jspecify.annotations.NullMarked;
