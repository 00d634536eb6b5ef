/// Metrics as a source of rules: instant queries to Prometheus, or to anything that speaks its HTTP
/// API.
///
/// A query ends in an [Answer][dev.longshore.alerting.metrics.Answer] and never in an exception:
/// samples, a refusal that is the expression's fault, or no answer at all, which says nothing about
/// what was asked. An answer is bounded in bytes, in series and in time. Credentials and
/// certificates in files are read again when they change.
@NullMarked
package dev.longshore.alerting.metrics;

import org.jspecify.annotations.NullMarked;
