/// `longshore alerting backtest`: what log rules would have done in the past, and what another
/// `for` or threshold would change. History is asked once; variants are tried on the same answers.
@NullMarked
package dev.longshore.rulelab.backtest;

import org.jspecify.annotations.NullMarked;
