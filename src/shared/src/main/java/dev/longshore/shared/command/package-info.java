/// What the command lines of both products share. It knows no command.
@NullMarked
package dev.longshore.shared.command;

import org.jspecify.annotations.NullMarked;
