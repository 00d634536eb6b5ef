/// State in a PostgreSQL database: [dev.longshore.alerting.state.postgres.PostgresStore] takes the
/// units of work, and [dev.longshore.alerting.state.postgres.LeaseTable] says which replica leads.
///
/// Every write names the epoch of the leader that makes it, in the same transaction, and the
/// database refuses one whose epoch is over: a leader that does not know yet that it was replaced
/// changes nothing.
@NullMarked
package dev.longshore.alerting.state.postgres;

import org.jspecify.annotations.NullMarked;
