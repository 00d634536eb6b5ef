@NullMarked
package dev.longshore.agent.filter;

import org.jspecify.annotations.NullMarked;
