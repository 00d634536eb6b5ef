package dev.longshore.alerting.state;

import dev.longshore.testkit.ManualClock;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/// The database in a folder is a store like any other.
final class DatabaseContractTest extends StateStoreContract {
  @TempDir Path dir;

  @Override
  protected StateStore open(Schema... schemas) {
    return Database.open(dir, List.of(schemas), new ManualClock());
  }
}
