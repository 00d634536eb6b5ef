/// The rules of ARCHITECTURE.md, as tests.
@NullMarked
package dev.longshore.arch;

import org.jspecify.annotations.NullMarked;
