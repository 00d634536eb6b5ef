/// The torture test: containers that write numbered lines, a kubelet that rotates and deletes them
/// fast enough to hurt, and everything around the agent failing at random, by a seed. At the end
/// each line that was written is in Elasticsearch once, or the agent has said how many bytes of it
/// were deleted before it could read them.
///
/// Its one mercy: files with unread bytes are not deleted while no agent runs, nor just before one
/// is killed, because nobody could then say how long they were.
@NullMarked
package dev.longshore.e2e.torture;

import org.jspecify.annotations.NullMarked;
