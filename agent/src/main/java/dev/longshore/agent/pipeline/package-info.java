/// Joins the stages into one path: the reading thread drives tail, frame and the queue; the
/// shipping thread takes from the queue. It decides what waits for what: a pod whose metadata is
/// late, a container that has its share, a full queue; and it publishes up to when the logs are
/// complete. Only this package knows all stages.
///
/// Read from [ReadLoop]: it polls the tail for events and owns each file's state ([FileState], all
/// of them in [FileStates]); [Admission] answers, once for each slice, whether a file may be read;
/// [Framing] makes records of it, and [BlockAppender] queues them. [Pipeline] has the threads.
@NullMarked
package dev.longshore.agent.pipeline;

import org.jspecify.annotations.NullMarked;
