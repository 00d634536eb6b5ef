@NullMarked
package dev.longshore.agent.line;

import org.jspecify.annotations.NullMarked;
