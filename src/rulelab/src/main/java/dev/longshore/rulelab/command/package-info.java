/// `longshore alerting test`, `backtest`, `import` and `oncall`: their arguments, output and exit
/// codes.
@NullMarked
package dev.longshore.rulelab.command;

import org.jspecify.annotations.NullMarked;
