/// `longshore alerting test`, `backtest` and `import`: their arguments, output and exit codes.
@NullMarked
package dev.longshore.rulelab.command;

import org.jspecify.annotations.NullMarked;
