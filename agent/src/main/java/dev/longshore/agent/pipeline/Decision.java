package dev.longshore.agent.pipeline;

/// Whether a file may be read now.
sealed interface Decision {

  /// The next slice may be read.
  ///
  /// @param maxBytes how long it may be
  record Admit(int maxBytes) implements Decision {}

  /// What is unread stays in the file; it is asked for again within a second.
  ///
  /// @param detail for people: the reason with its figures
  record Wait(PauseReason reason, String detail) implements Decision {}
}
