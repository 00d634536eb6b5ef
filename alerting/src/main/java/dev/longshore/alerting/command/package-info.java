/// The commands beside running alerting: their arguments, output and exit codes.
@NullMarked
package dev.longshore.alerting.command;

import org.jspecify.annotations.NullMarked;
