package dev.longshore.agent.event;

/// How the container runtime wraps each line that it writes.
public enum LogFormat {
  /// `2026-11-23T05:48:55.123456789Z stdout F message`: containerd and CRI-O.
  CRI,
  /// `{"log":"message\n","stream":"stdout","time":"…"}`: Docker's json-file driver.
  DOCKER_JSON,
  /// No wrapping that we know: the line is the message, the stream is stdout.
  PLAIN
}
