package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;

/// A sample for which a rule is true, with the labels and annotations that the rule gives it.
///
/// @param labels what identifies the alert within its rule
record Candidate(Labels labels, Labels annotations, double value) {}
