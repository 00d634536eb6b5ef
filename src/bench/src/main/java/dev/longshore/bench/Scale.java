package dev.longshore.bench;

/// How long a measurement takes where its options do not say otherwise.
enum Scale {
  /// As the aims are stated.
  WHOLE,
  /// Minutes for all of them, for a first look.
  SHORT,
  /// Seconds: the figures mean nothing, but each measurement is seen to work.
  TINY
}
