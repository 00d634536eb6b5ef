package dev.longshore.alerting.engine;

import dev.longshore.alerting.state.StateStore;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/// Escalations are kept by a PostgreSQL database as they are by a folder, from one leader to the
/// next.
@Tag("postgres")
final class EscalationOnPostgresIT extends EscalationStateContract {
  /// By the folder that a test would have.
  private final Map<Path, String> urls = new HashMap<>();

  @Override
  StateStore openState(Path folder, ManualClock clock) throws Exception {
    String url = urls.get(folder);
    if (url == null) {
      url = PostgresServer.shared().createDatabase();
      urls.put(folder, url);
    }
    return PostgresStates.lead(url, clock);
  }
}
