package dev.longshore.alerting.eval;

/// A source with how it fares and who waits for it.
record AskedSource(Source source, Gate gate, SourceHealth health) {}
