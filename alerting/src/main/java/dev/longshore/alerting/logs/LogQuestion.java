package dev.longshore.alerting.logs;

import dev.longshore.alerting.rule.LogCondition;
import java.time.Duration;
import java.time.Instant;

/// One evaluation of a log rule.
///
/// @param now up to when it looks
/// @param interval between evaluations
/// @param hold the rule's `for`
/// @param progress how far it was before
public record LogQuestion(
    LogCondition condition, Instant now, Duration interval, Duration hold, LogProgress progress) {}
