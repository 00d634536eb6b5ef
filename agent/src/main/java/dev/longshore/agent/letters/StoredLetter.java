package dev.longshore.agent.letters;

import dev.longshore.agent.ship.DeadLetter;

/// A letter, and where it lies.
///
/// @param letter what it says
/// @param place the backing index, or the segment on disk
public record StoredLetter(DeadLetter letter, String place) {}
