package dev.longshore.alerting.oncall;

import java.time.Instant;

/// Somebody who is on call for a while in place of whose turn it is.
///
/// @param to not included
public record Substitution(String person, Instant from, Instant to) {
  boolean contains(Instant at) {
    return !at.isBefore(from) && at.isBefore(to);
  }
}
