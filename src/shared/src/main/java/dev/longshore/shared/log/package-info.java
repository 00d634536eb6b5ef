/// The product's own log: JSON lines on stderr, and warnings that repeat without flooding. Nothing
/// here can fail a caller; an unknown level is said and replaced by INFO.
@NullMarked
package dev.longshore.shared.log;

import org.jspecify.annotations.NullMarked;
