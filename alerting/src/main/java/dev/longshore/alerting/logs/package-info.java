/// Logs: what log rules ask Elasticsearch, up to when lines are complete, and what people want to
/// see of the lines that made a rule true.
///
/// Everything is an aggregation over windows of event time; lines themselves are fetched for a
/// message alone. What can go wrong is never an answer: a query that is refused, an index that is
/// not there, a shard that has failed or a search that took too long leave the states of rules as
/// they are.
@NullMarked
package dev.longshore.alerting.logs;

import org.jspecify.annotations.NullMarked;
