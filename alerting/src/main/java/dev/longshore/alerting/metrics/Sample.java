package dev.longshore.alerting.metrics;

import dev.longshore.alerting.alert.Labels;
import java.time.Instant;

/// A series' value at a time.
///
/// @param labels all of the series', `__name__` too; none for a scalar
/// @param at the sample's time as the source states it
public record Sample(Labels labels, double value, Instant at) {}
