/// An Elasticsearch that a test file describes: lines, the queries that find them, and how far the
/// agents say their nodes' lines are there.
@NullMarked
package dev.longshore.rulelab.recorded;

import org.jspecify.annotations.NullMarked;
