@NullMarked
package dev.longshore.agent.redact;

import org.jspecify.annotations.NullMarked;
