package dev.longshore.rulelab.ruletest;

import java.time.Instant;

/// A message that was made in a test.
///
/// @param text what people read of it
record Message(Instant at, String receiver, String integration, Kind kind, String text) {
  enum Kind {
    /// A new message, which makes a sound.
    POST,
    /// A message that stood was edited.
    EDIT,
    /// A line in the thread of a message.
    REPLY
  }
}
