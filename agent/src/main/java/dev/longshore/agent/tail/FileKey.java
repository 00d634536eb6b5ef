package dev.longshore.agent.tail;

/// What tells files of one machine apart while they exist.
record FileKey(long device, long inode) {}
