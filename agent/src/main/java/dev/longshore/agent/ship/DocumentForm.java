package dev.longshore.agent.ship;

/// The form in which a record goes out.
enum DocumentForm {
  /// All fields as they are.
  NORMAL,
  /// What a mapping could refuse is moved aside.
  SAFE,
  /// Its original bytes and the reason, for the dead-letter data stream.
  DEAD_LETTER
}
