package dev.longshore.agent.ship;

import dev.longshore.shared.elastic.BulkReply;

/// An answer on its way from the client's thread to the shipping thread.
record Reply(Destination destination, Batch batch, BulkReply reply) {}
