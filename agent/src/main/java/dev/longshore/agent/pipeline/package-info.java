/// Joins the stages into one path: the reading thread drives tail, frame and the queue; the
/// shipping thread takes from the queue. It decides what waits for what: a pod whose metadata is
/// late, a container that has its share, a full queue; and it publishes up to when the logs are
/// complete. Only this package knows all stages.
@NullMarked
package dev.longshore.agent.pipeline;

import org.jspecify.annotations.NullMarked;
