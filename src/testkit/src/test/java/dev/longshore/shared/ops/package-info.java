@NullMarked
package dev.longshore.shared.ops;

import org.jspecify.annotations.NullMarked;
