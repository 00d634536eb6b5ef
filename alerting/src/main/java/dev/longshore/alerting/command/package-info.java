/// The commands beside running alerting: their arguments, output and exit codes. Other modules
/// bring more of them as [Command.Provider]s.
@NullMarked
package dev.longshore.alerting.command;

import org.jspecify.annotations.NullMarked;
