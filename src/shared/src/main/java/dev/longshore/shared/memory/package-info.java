/// The process-wide bound on memory that grows with what the process is given: containers, files,
/// data streams, connections. It owns no memory; holders of memory ask it before they allocate.
///
/// What can go wrong: a holder that reserves and never releases starves the others; each holder's
/// used bytes are therefore exported, and tests assert that they return to zero.
@NullMarked
package dev.longshore.shared.memory;

import org.jspecify.annotations.NullMarked;
