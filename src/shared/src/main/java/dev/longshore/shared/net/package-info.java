/// Names of servers.
@NullMarked
package dev.longshore.shared.net;

import org.jspecify.annotations.NullMarked;
