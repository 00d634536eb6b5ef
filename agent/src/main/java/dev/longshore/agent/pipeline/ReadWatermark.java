package dev.longshore.agent.pipeline;

import java.util.Map;

/// Up to when this node's log files are in the queue.
///
/// @param epochNanos the lowest of the runtime's timestamps that may not be there yet
/// @param behind containers that are further behind than is waited for: name to their timestamp in
///   nanoseconds since the epoch
record ReadWatermark(long epochNanos, Map<String, Long> behind) {
  ReadWatermark {
    behind = Map.copyOf(behind);
  }
}
