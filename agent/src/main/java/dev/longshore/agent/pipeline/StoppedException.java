package dev.longshore.agent.pipeline;

/// Reading was ended while the queue was full. Nothing is lost: what was not queued is read again
/// at the next start.
final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StoppedException() {
    super("the agent ended while the buffer took no block", null, false, false);
  }
}
