package dev.longshore.agent.pipeline;

/// Whether a file may be read now.
sealed interface Decision {

  /// The next slice may be read.
  record Admit() implements Decision {}

  /// What is unread stays in the file; it is asked for again within a second.
  ///
  /// @param detail for people: the reason with its figures
  record Wait(PauseReason reason, String detail) implements Decision {}
}
