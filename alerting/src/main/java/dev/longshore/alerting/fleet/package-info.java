/// The fleet: what all agents say of their nodes in Elasticsearch, as one picture for the page and
/// `longshore fleet`. It reads and changes nothing. A node that says nothing any more is named, and
/// so is one whose agent publishes no report.
@NullMarked
package dev.longshore.alerting.fleet;

import org.jspecify.annotations.NullMarked;
