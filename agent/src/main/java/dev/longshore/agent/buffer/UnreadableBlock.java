package dev.longshore.agent.buffer;

import dev.longshore.agent.event.ContainerRef;

/// A block that became unreadable before anybody saw it, and left the queue for that.
///
/// @param container whose records it held
/// @param records how many
/// @param payloadBytes how long its payload was
/// @param lost whether nothing reads them again
public record UnreadableBlock(
    ContainerRef container, int records, int payloadBytes, boolean lost) {}
