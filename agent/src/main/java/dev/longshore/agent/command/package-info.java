/// The commands beside running the agent: `explain`, `ledger` and `dead-letters`. Each reads its
/// arguments strictly, asks the package that does the work, prints what came of it, and says by its
/// exit code the outcome: 0, something is wrong or left (1), or the command line or the
/// configuration is (2). What is printed for machines goes to standard output alone.
@NullMarked
package dev.longshore.agent.command;

import org.jspecify.annotations.NullMarked;
