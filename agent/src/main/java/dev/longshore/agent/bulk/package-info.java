/// Bulk requests: their bodies, what the answer about each item means, and the way of records that
/// an earlier request may have indexed already ([dev.longshore.agent.bulk.InDoubtResolver]).
/// Shipping and the replay of dead letters are built from it. It keeps no state about records.
///
/// What can go wrong: an answer that is about the data stream is taken for one about the document,
/// or the other way round; [dev.longshore.agent.bulk.ItemOutcome] is the one place that decides.
@NullMarked
package dev.longshore.agent.bulk;

import org.jspecify.annotations.NullMarked;
