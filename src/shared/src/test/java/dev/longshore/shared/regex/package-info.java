@NullMarked
package dev.longshore.shared.regex;

import org.jspecify.annotations.NullMarked;
