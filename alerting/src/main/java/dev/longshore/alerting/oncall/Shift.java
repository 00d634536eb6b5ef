package dev.longshore.alerting.oncall;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who is on call for a while.
///
/// @param person their name; null when nobody is
/// @param to not included
public record Shift(@Nullable String person, Instant from, Instant to) {}
