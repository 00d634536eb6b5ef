/// Which of several replicas evaluates and sends:
/// [dev.longshore.alerting.leadership.LeaderElection] holds a lease in the database of the state.
@NullMarked
package dev.longshore.alerting.leadership;

import org.jspecify.annotations.NullMarked;
