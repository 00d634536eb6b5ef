/// Bringing dead letters back: finds them in Elasticsearch and on this node's disk, shows them,
/// writes them to a file, and sends them again to the data stream that refused them.
///
/// A letter keeps its document's id, and is taken away only after Elasticsearch has said that the
/// document is there; so a replay that is killed and run again, or run twice, doubles nothing: what
/// was sent before is refused as a duplicate, and after a rollover it is looked up, as shipping
/// does ([dev.longshore.agent.bulk.InDoubtResolver]). A letter that is refused again stays, with
/// the new reason. The agent may run meanwhile.
@NullMarked
package dev.longshore.agent.deadletter;

import org.jspecify.annotations.NullMarked;
