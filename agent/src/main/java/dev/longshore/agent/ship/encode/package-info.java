/// From raw records to documents: takes the runtime's wrapping off, finds level, JSON body and
/// error, and writes the bulk item.
///
/// It owns the shape of a document (Elastic Common Schema) and its id. No record fails for its
/// content: what can't be read is the message as it stands, and `log.flags` says so. All classes
/// here belong to the one thread that encodes and keep their scratch space between records, so that
/// no object is made per record.
@NullMarked
package dev.longshore.agent.ship.encode;

import org.jspecify.annotations.NullMarked;
