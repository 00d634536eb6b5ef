@NullMarked
package dev.longshore.shared.elastic;

import org.jspecify.annotations.NullMarked;
