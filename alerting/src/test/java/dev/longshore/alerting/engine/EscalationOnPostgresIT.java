package dev.longshore.alerting.engine;

import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.postgres.LeaseTable;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.alerting.state.postgres.PostgresConnections;
import dev.longshore.alerting.state.postgres.PostgresStore;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// Acknowledgements and escalations are kept by a PostgreSQL database as they are by a folder, from
/// one leader to the next.
@Tag("postgres")
final class EscalationOnPostgresIT extends EscalationTest {
  private static PostgresServer server;

  private static int databases;

  /// By the folder that a test would have.
  private final Map<Path, String> urls = new HashMap<>();

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @Override
  StateStore openState(Path folder, ManualClock clock) throws Exception {
    String url = urls.get(folder);
    if (url == null) {
      url = server.createDatabase("oncall_" + ++databases);
      urls.put(folder, url);
    }
    PostgresConnections connections =
        new PostgresConnections(
            new PostgresConfig(
                url, PostgresServer.USER, null, PostgresServer.PASSWORD, null, null, null));
    try (LeaseTable table = new LeaseTable(connections, "leader", "")) {
      long epoch = table.take(table.read()).orElseThrow();
      return PostgresStore.open(connections, Engine.SCHEMAS, epoch, () -> {});
    }
  }
}
