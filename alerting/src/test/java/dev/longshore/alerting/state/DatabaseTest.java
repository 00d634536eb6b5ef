package dev.longshore.alerting.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One process has the state; what it wrote is there after a restart, whole or not at all.
final class DatabaseTest {
  private static final Schema SILENCES =
      new Schema("silence", List.of("create table silence (id text primary key)"));

  @TempDir Path dir;

  @Test
  void aSecondProcessOnTheSameFolderIsRefused() {
    try (Database first = open(SILENCES)) {
      assertThatThrownBy(() -> open(SILENCES))
          .isInstanceOf(StateException.class)
          .hasMessageContaining(dir.toString())
          .hasMessageContaining("in use by another process");
      assertThat(count(first)).isZero();
    }
    open(SILENCES).close();
  }

  @Test
  void whatWasWrittenIsThereAfterReopening() {
    try (Database database = open(SILENCES)) {
      database.write(connection -> insert(connection, "a"));
    }
    try (Database database = open(SILENCES)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void aWriteThatFailsLeavesNothing() {
    try (Database database = open(SILENCES)) {
      assertThatThrownBy(
              () ->
                  database.write(
                      connection -> {
                        insert(connection, "a");
                        return insert(connection, "a");
                      }))
          .isInstanceOf(StateException.class);
      assertThat(count(database)).isZero();
    }
  }

  @Test
  void anOlderSchemaIsBroughtUpToDate() {
    try (Database database = open(SILENCES)) {
      database.write(connection -> insert(connection, "a"));
    }
    Schema newer =
        new Schema(
            "silence",
            List.of(SILENCES.steps().getFirst(), "alter table silence add column comment text"));
    try (Database database = open(newer)) {
      assertThat(count(database)).isEqualTo(1);
    }
    assertThatThrownBy(() -> open(SILENCES))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("of version 2");
    open(newer).close();
  }

  @Test
  void aFileThatIsNoDatabaseIsNamed() throws Exception {
    Files.writeString(dir.resolve("longshore.db"), "what an operator put here ".repeat(100));
    assertThatThrownBy(() -> open(SILENCES))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("longshore.db");
  }

  private Database open(Schema schema) {
    return Database.open(dir, List.of(schema));
  }

  private static boolean insert(Connection connection, String id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("insert into silence (id) values ('" + id + "')") == 1;
    }
  }

  private static int count(Database database) {
    return database.read(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("select count(*) from silence")) {
            row.next();
            return row.getInt(1);
          }
        });
  }
}
