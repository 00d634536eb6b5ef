package dev.longshore.alerting.state;

import java.time.Instant;

/// A decision that was made about an alert.
///
/// @param stage who decided
/// @param what the decision and its reason, for people
public record Decision(Instant at, String stage, String what) {}
