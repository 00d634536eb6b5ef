package dev.longshore.alerting.engine;

import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.postgres.LeaseTable;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.alerting.state.postgres.PostgresConnections;
import dev.longshore.alerting.state.postgres.PostgresStore;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;

/// The engine's state in a PostgreSQL database, as each leader opens it.
final class PostgresStates {
  private PostgresStates() {}

  /// Takes the lease, and opens the state for the epoch that begins.
  static StateStore lead(String url, ManualClock clock) {
    PostgresConnections connections =
        new PostgresConnections(
            new PostgresConfig(
                url, PostgresServer.USER, null, PostgresServer.PASSWORD, null, null, null));
    try (LeaseTable table = new LeaseTable(connections, "leader", "", Engine.SCHEMAS)) {
      long epoch = table.take(table.read()).orElseThrow();
      return PostgresStore.open(connections, Engine.SCHEMAS, epoch, clock, () -> {});
    }
  }
}
