package dev.longshore.alerting.alert;

import java.time.Instant;

/// What people are told of a silence: who made it, until when, and why.
///
/// @param comment may be empty
public record SilenceNote(String by, Instant until, String comment) {}
