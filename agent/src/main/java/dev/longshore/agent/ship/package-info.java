/// From blocks to documents in Elasticsearch: encodes records as bulk items, keeps a window of
/// requests in flight, judges every item's outcome by itself, and acknowledges a block when all of
/// its records are indexed, already there, or durably dead-lettered. Nothing is dropped here: what
/// can't be delivered waits in the queue, and says why.
///
/// What may have been sent before goes through [dev.longshore.agent.bulk.InDoubtResolver], so that
/// a rollover of the data stream between two attempts doubles nothing. It needs the privileges
/// `view_index_metadata`, `read` and `delete` on the data streams; without them it gets on without.
@NullMarked
package dev.longshore.agent.ship;

import org.jspecify.annotations.NullMarked;
