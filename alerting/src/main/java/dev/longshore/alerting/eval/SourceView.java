package dev.longshore.alerting.eval;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A source as it is at one moment.
///
/// @param kind `metrics` or `logs`
/// @param up false while it is told that the source does not answer
/// @param failingSince when a rule first had no answer; null while every rule has one. It is set
///   before the source counts as down
/// @param cause why there was no answer the last time; empty while there are answers
/// @param rules how many are evaluated here
public record SourceView(
    String name,
    String kind,
    boolean up,
    @Nullable Instant failingSince,
    String cause,
    int rules) {}
