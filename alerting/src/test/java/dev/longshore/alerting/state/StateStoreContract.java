package dev.longshore.alerting.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every store does: units are written whole, in order and for good, rows have every kind of
/// value, and tables are brought up to date.
public abstract class StateStoreContract {
  protected static final Schema CARDS =
      new Schema(
          "cards",
          List.of(
              "create table card (grp text not null, channel text not null, content text not null,"
                  + " over integer not null, at integer not null, gauge real,"
                  + " primary key (grp, channel)) without rowid"));

  private static final String PUT =
      Upsert.into("card", List.of("grp", "channel"), List.of("content", "over", "at", "gauge"));

  private static final Instant AT = Instant.parse("2026-11-23T06:00:00.125Z");

  private long lastUnit;

  /// Opens the state of this test; after a close, the same.
  protected abstract StateStore open(Schema... schemas);

  @Test
  void aRowOfAKeyReplacesTheOneBefore() {
    try (StateStore store = open(CARDS)) {
      store.write(unit(card("checkout", "fires", 1.5)));
      store.write(unit(card("checkout", "is over", null), card("cart", "fires", 2.0)));
    }
    try (StateStore store = open(CARDS)) {
      assertThat(contents(store)).containsExactly("cart fires", "checkout is over");
    }
  }

  @Test
  void valuesComeBackAsTheyWereWritten() {
    try (StateStore store = open(CARDS)) {
      store.write(unit(card("checkout", "fires – é 🚢", Double.NaN)));
      store.read(
          connection -> {
            try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("select * from card")) {
              assertThat(row.next()).isTrue();
              assertThat(row.getString("content")).isEqualTo("fires – é 🚢");
              assertThat(row.getBoolean("over")).isTrue();
              assertThat(Instant.ofEpochMilli(row.getLong("at"))).isEqualTo(AT);
              double gauge = row.getDouble("gauge");
              assertThat(row.wasNull() ? Double.NaN : gauge).isNaN();
              return true;
            }
          });
    }
  }

  @Test
  void aKeyMayBeAsLongAsLabelsAre() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < 64 << 10; i++) {
      text.append(Integer.toHexString(i * 0x9e3779b1));
    }
    String group = text.toString();
    try (StateStore store = open(CARDS)) {
      store.write(unit(card(group, "first", 1.0), card(group + "x", "other", 1.0)));
      store.write(unit(card(group, "second", 1.0)));
      assertThat(contents(store)).hasSize(2);

      UnitOfWork removing = unit();
      removing.add("delete from card where grp = ? and channel = ?", group, "#team");
      store.write(removing);
      assertThat(contents(store)).singleElement().asString().endsWith("x other");
    }
  }

  @Test
  void aRowThatIsRefusedIsLeftOutAndTheOthersAreWritten() {
    try (StateStore store = open(CARDS)) {
      UnitOfWork unit = unit(card("checkout", "fires", 1.0));
      unit.add("insert into card values (?, ?, ?, ?, ?, ?)", "cart", "#team", null, 0, AT, null);
      add(unit, card("payment", "fires", 1.0));
      store.write(unit);
      assertThat(contents(store)).containsExactly("checkout fires", "payment fires");
    }
  }

  @Test
  void ofAUnitThatFailsNothingIsThere() {
    try (StateStore store = open(CARDS)) {
      UnitOfWork unit = unit(card("checkout", "fires", 1.0));
      unit.add("insert into no_such_table values (?)", 1);
      assertThatThrownBy(() -> store.write(unit)).isInstanceOf(StateException.class);
      assertThat(contents(store)).isEmpty();

      assertThat(store.write(unit(card("cart", "fires", 1.0)))).isFalse();
      assertThat(contents(store)).containsExactly("cart fires");
    }
  }

  @Test
  void anOlderSchemaIsBroughtUpToDateAndANewerOneIsRefused() {
    try (StateStore store = open(CARDS)) {
      store.write(unit(card("checkout", "fires", 1.0)));
    }
    Schema newer =
        new Schema(
            "cards", List.of(CARDS.steps().getFirst(), "alter table card add column who text"));
    try (StateStore store = open(newer)) {
      assertThat(contents(store)).containsExactly("checkout fires");
    }
    assertThatThrownBy(() -> open(CARDS))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("of version 2")
        .hasMessageContaining("run the newer one again");
    open(newer).close();
  }

  /// A row of the table.
  protected record Card(String group, String content, @Nullable Double gauge) {}

  protected static Card card(String group, String content, @Nullable Double gauge) {
    return new Card(group, content, gauge);
  }

  /// A unit without changes, for tests of other packages.
  public static UnitOfWork emptyUnit(long number) {
    return new UnitOfWork(number);
  }

  /// The next unit, which writes cards.
  protected final UnitOfWork unit(Card... cards) {
    UnitOfWork unit = new UnitOfWork(++lastUnit);
    for (Card card : cards) {
      add(unit, card);
    }
    return unit;
  }

  private static void add(UnitOfWork unit, Card card) {
    UnitOfWork.Late content = card::content;
    unit.add(PUT, card.group(), "#team", content, true, AT, card.gauge());
  }

  /// What the table holds, by groups.
  protected static List<String> contents(StateStore store) {
    return store.read(
        connection -> {
          List<String> contents = new ArrayList<>();
          try (PreparedStatement query =
                  connection.prepareStatement("select grp, content from card order by grp");
              ResultSet row = query.executeQuery()) {
            while (row.next()) {
              contents.add(row.getString(1) + " " + row.getString(2));
            }
          }
          return contents;
        });
  }
}
