package dev.longshore.alerting.eval;

/// A source with how it fares and who waits for it.
record MonitoredSource(Source source, QueryLimiter queryLimiter, SourceHealth health) {}
