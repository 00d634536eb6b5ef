package dev.longshore.alerting.state;

import java.sql.Connection;
import java.sql.SQLException;

/// Where state lies. [Database] is the one in a folder of this machine; what stands in its place
/// has the same tables and takes the same statements. Safe for use by any thread.
public interface StateStore extends AutoCloseable {

  /// Work that reads.
  interface Query<T> {
    T run(Connection connection) throws SQLException;
  }

  /// Writes a unit: all of it is durable when this returns, or none of it.
  ///
  /// @return whether the store is empty but for this unit, because what was there could not be read
  ///   any more: everything has to be written again then
  /// @throws StateException when it fails; nothing has changed then, and the next unit may succeed
  boolean write(UnitOfWork unit);

  /// Writes a change at once and by itself, where the store can do so quickly: what is in the next
  /// unit all the same, and is worth having before. A store that can't does nothing.
  ///
  /// @param change its statement ends with a condition (`where`); what it writes is true whichever
  ///   unit is the last that is durable
  /// @return whether it changed a row that others see now; false also for any failure
  default boolean writeNow(UnitOfWork.Change change) {
    return false;
  }

  /// Runs work that only reads.
  ///
  /// @throws StateException when it fails
  <T> T read(Query<T> query);

  @Override
  void close();
}
