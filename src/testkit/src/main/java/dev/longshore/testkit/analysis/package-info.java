/// What Elasticsearch's index of API keys needs of text analysis, as a plugin for a server without
/// Elastic's own module for it. These classes run within that server alone.
@NullMarked
package dev.longshore.testkit.analysis;

import org.jspecify.annotations.NullMarked;
