package dev.longshore.agent.enrich;

/// What becomes of the lines that a container writes above its `max-bytes-per-second`.
public enum OverLimit {
  /// They are read later: the log file is the buffer.
  DELAY,

  /// They are left out, and counted.
  DROP
}
