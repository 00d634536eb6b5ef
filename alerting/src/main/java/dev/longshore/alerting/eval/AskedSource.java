package dev.longshore.alerting.eval;

import dev.longshore.alerting.metrics.MetricSource;

/// A source with how it fares and who waits for it.
record AskedSource(MetricSource source, Gate gate, SourceHealth health) {}
