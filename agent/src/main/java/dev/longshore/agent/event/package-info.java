/// What the agent's stages hand to each other: containers, file generations, blocks of records,
/// snapshots of metadata, and the ledger that must balance. It knows no stage and does no I/O.
@NullMarked
package dev.longshore.agent.event;

import org.jspecify.annotations.NullMarked;
