package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;

/// What every group works with.
record Surroundings(
    EvalConfig config,
    Clock clock,
    Loop loop,
    AlertSink sink,
    Decisions decisions,
    EvalStore store,
    EvalMetrics metrics,
    RuleFailures failures) {}
