/// Sizes and durations as types, and how people write them: `256KiB`, `1h30m`. Text is read
/// strictly: what is not exactly understood is an [IllegalArgumentException] that says what is.
@NullMarked
package dev.longshore.shared.units;

import org.jspecify.annotations.NullMarked;
