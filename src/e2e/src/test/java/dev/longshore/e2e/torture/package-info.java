/// The torture test's own tests: it finds what is lost, and it is repeatable.
@NullMarked
package dev.longshore.e2e.torture;

import org.jspecify.annotations.NullMarked;
