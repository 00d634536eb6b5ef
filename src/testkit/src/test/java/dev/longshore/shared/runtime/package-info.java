@NullMarked
package dev.longshore.shared.runtime;

import org.jspecify.annotations.NullMarked;
