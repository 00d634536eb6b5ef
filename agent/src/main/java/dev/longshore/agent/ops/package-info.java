/// What people and machines can ask a running agent: the ledger as metrics, the status page, and
/// `explain`, which reads that page for one pod. It reads the other packages' state and changes
/// none.
@NullMarked
package dev.longshore.agent.ops;

import org.jspecify.annotations.NullMarked;
