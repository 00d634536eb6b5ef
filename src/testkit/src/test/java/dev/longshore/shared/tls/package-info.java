@NullMarked
package dev.longshore.shared.tls;

import org.jspecify.annotations.NullMarked;
