/// What the agent costs: a corpus of container logs, a sink on loopback that answers bulk requests,
/// the agent as users run it, and `gzip -1` on the same files in the same run as the measure.
@NullMarked
package dev.longshore.bench;

import org.jspecify.annotations.NullMarked;
