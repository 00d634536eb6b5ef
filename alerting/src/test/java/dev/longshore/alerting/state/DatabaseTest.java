package dev.longshore.alerting.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One process has the state; what it wrote is there after a restart, whole or not at all.
final class DatabaseTest {
  private static final Schema SILENCES =
      new Schema("silence", List.of("create table silence (id text primary key)"));

  @TempDir Path dir;
  private final ManualClock clock = new ManualClock();

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
  void aFolderThatCanNotBeMadeIsToldWithItsReason() throws IOException {
    Path file = Files.writeString(dir.resolve("state"), "");

    assertThatThrownBy(() -> Database.open(file, List.of(SILENCES), clock))
        .hasMessage(
            "state.dir %s can't be written: it is a file; name a folder that this user may write",
            file);
    assertThatThrownBy(() -> Database.open(file.resolve("longshore"), List.of(SILENCES), clock))
        .hasMessageContaining("can't be written: Not a directory: " + file);
  }

  @Test
  void whatWasWrittenIsThereAfterReopening() {
    try (Database database = open(SILENCES)) {
      database.write(inserting("a"));
    }
    try (Database database = open(SILENCES)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void whatIsRememberedCanBeReadByItsOwnerAlone() throws Exception {
    Path made = dir.resolve("made");
    try (Database database = Database.open(made, List.of(SILENCES), clock)) {
      try (Stream<Path> files = Files.list(made)) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(
                file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------"));
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
      assertThat(database.problemAtStart()).isNull();
    }
  }

  @Test
  void aFullDiskLeavesNothingOfAUnitAndTheNextUnitIsWholeAgain() {
    try (Database database = open(SILENCES)) {
      database.write(inserting("before"));
      fill(database);
      String[] many = IntStream.range(0, 5_000).mapToObj(it -> "row-" + it).toArray(String[]::new);
      for (int attempt = 0; attempt < 3; attempt++) {
        fill(database);
        assertThatThrownBy(() -> database.write(inserting(many)))
            .isInstanceOf(StateException.class)
            .hasMessageContaining("full");
        assertThat(count(database)).isEqualTo(1);
      }

      database.write(inserting("a", "b"));
      assertThat(count(database)).isEqualTo(3);
    }
    try (Database database = open(SILENCES)) {
      assertThat(count(database)).isEqualTo(3);
    }
  }

  @Test
  void aRowThatIsRefusedIsLeftOutAndTheOthersAreWritten() {
    try (Database database = open(SILENCES)) {
      database.write(inserting("a", "a", "b"));
      assertThat(count(database)).isEqualTo(2);
    }
  }

  @Test
  void anOlderSchemaIsBroughtUpToDate() {
    try (Database database = open(SILENCES)) {
      database.write(inserting("a"));
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
  void aFileThatIsNoDatabaseIsSetAsideUnderANameThatSaysWhen() throws Exception {
    String text = "what an operator put here ".repeat(100);
    Files.writeString(dir.resolve("longshore.db"), text);
    try (Database database = open(SILENCES)) {
      assertThat(database.problemAtStart()).contains("longshore.db.broken-20261123T060000Z");
      assertThat(database.write(inserting("a"))).isFalse();
      assertThat(count(database)).isEqualTo(1);
    }
    assertThat(dir.resolve("longshore.db.broken-20261123T060000Z")).hasContent(text);
    try (Database database = open(SILENCES)) {
      assertThat(database.problemAtStart()).isNull();
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void aDamagedDatabaseIsSetAsideAtTheStart() throws Exception {
    try (Database database = open(SILENCES)) {
      String[] many = IntStream.range(0, 5_000).mapToObj(it -> "row-" + it).toArray(String[]::new);
      database.write(inserting(many));
    }
    damage();
    try (Database database = open(SILENCES)) {
      assertThat(database.problemAtStart()).contains("damaged");
      assertThat(count(database)).isZero();
    }
  }

  @Test
  void whatIsDamagedWhileItRunsIsReplacedAndSaysThatEverythingIsToBeWrittenAgain()
      throws Exception {
    String[] many = IntStream.range(0, 5_000).mapToObj(it -> "row-" + it).toArray(String[]::new);
    String[] more = IntStream.range(0, 5_000).mapToObj(it -> "more-" + it).toArray(String[]::new);
    try (Database database = open(SILENCES)) {
      database.write(inserting(many));
      fill(database);
      assertThatThrownBy(() -> database.write(inserting(more))).isInstanceOf(StateException.class);
      damage();

      assertThat(database.write(inserting("a"))).isTrue();
      assertThat(count(database)).isEqualTo(1);
      assertThat(database.write(inserting("b"))).isFalse();
    }
  }

  @Test
  void aDatabaseThatCanNotBeOpenedNowIsReplacedByMemoryUntilItCan() throws Exception {
    Path blocked = Files.createDirectory(dir.resolve("longshore.db"));
    try (Database database = open(SILENCES)) {
      assertThat(database.problemAtStart()).contains("can't be opened");
      assertThat(count(database)).isZero();

      Files.delete(blocked);
      assertThat(database.write(inserting("a"))).as("all is to be written").isTrue();
    }
    try (Database database = open(SILENCES)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  /// Overwrites pages behind the first, which is the schema's.
  private void damage() throws IOException {
    try (FileChannel file =
        FileChannel.open(dir.resolve("longshore.db"), StandardOpenOption.WRITE)) {
      for (long page = 2; page * 4096 < file.size(); page++) {
        file.write(ByteBuffer.wrap("damage".repeat(600).getBytes(UTF_8)), page * 4096);
      }
    }
  }

  /// As a disk without room: SQLite answers that it is full, and rolls back by itself.
  private static void fill(Database database) {
    database.read(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute("pragma max_page_count = 1");
          }
        });
  }

  private Database open(Schema schema) {
    return Database.open(dir, List.of(schema), clock);
  }

  private static UnitOfWork inserting(String... ids) {
    UnitOfWork unit = new UnitOfWork(1);
    for (String id : ids) {
      unit.add("insert into silence (id) values (?)", id);
    }
    return unit;
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
