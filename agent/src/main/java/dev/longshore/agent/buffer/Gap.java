package dev.longshore.agent.buffer;

import dev.longshore.agent.event.ContainerRef;

/// Progress of a generation that the queue's files of earlier runs commit and whose blocks can't be
/// read: lost, where the log is gone as well.
///
/// @param bytes of log; some of it may have been delivered before
public record Gap(ContainerRef container, long bytes) {}
