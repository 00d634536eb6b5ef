/// Stand-ins and servers for tests and for the demo; never part of a product.
@NullMarked
package dev.longshore.testkit;

import org.jspecify.annotations.NullMarked;
