package dev.longshore.alerting.state.postgres;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The lease of the leader, one row, and the replicas that could take it. Owned by the thread that
/// elects.
///
/// No time is compared in the database or between machines: a lease is renewed by counting, and who
/// wants it watches the count by a monotonic clock of its own. Taking it raises the epoch in
/// `leader_fence`, which each write of state checks and locks: after that no write of an earlier
/// leader can be committed. Sessions that hold that lock at this moment, those of a leader that
/// stopped in the middle of a write, are ended. The database itself ends a session that stopped in
/// the middle of a renewal.
public final class LeaseTable implements AutoCloseable {
  static final Schema SCHEMA =
      new Schema(
          "leader",
          List.of(
              """
              create table leader_lease (
                id integer primary key,
                epoch integer not null,
                renewals integer not null,
                holder text not null,
                address text not null,
                held integer not null)
              """,
              "insert into leader_lease values (1, 0, 0, '', '', 0)",
              """
              create table leader_fence (
                id integer primary key,
                epoch integer not null,
                unit integer not null)
              """,
              "insert into leader_fence values (1, 0, 0)",
              """
              create table replica (
                holder text primary key,
                address text not null,
                seen_at timestamptz not null)
              """));

  /// Less than it takes to lose a lease, so that one lost answer does not.
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /// Less than a lease lasts: a leader that is paused in the middle of a renewal holds the lease's
  /// row, and nobody could take it.
  private static final Duration IDLE = Duration.ofSeconds(2);

  /// A replica that was not seen for so long is gone.
  private static final String GONE = "interval '30 seconds'";

  /// What a renewal found.
  ///
  /// @param held whether the lease is still this leader's
  /// @param others addresses of replicas that could take it; empty for one that said nothing
  public record Renewal(boolean held, List<String> others) {
    public Renewal {
      others = List.copyOf(others);
    }
  }

  private final PostgresConnections connections;
  private final String holder;
  private final String address;

  /// The tables that this version of Longshore knows.
  private final List<Schema> known;

  private @Nullable Connection connection;

  /// @param holder this replica's name, unlike any other's
  /// @param address where other replicas reach this one; empty for nowhere
  /// @param state the tables that a leader uses
  public LeaseTable(
      PostgresConnections connections, String holder, String address, List<Schema> state) {
    this.connections = connections;
    this.known = Stream.concat(Stream.of(SCHEMA), state.stream()).toList();
    this.holder = holder;
    this.address = address;
  }

  /// Where other replicas reach this one; empty for nowhere.
  public String address() {
    return address;
  }

  /// Says that this replica stands by: for 30 s the leader counts on it.
  ///
  /// @throws StateException when the database does not answer, or a newer Longshore wrote it
  public void register() {
    run(
        opened -> {
          PostgresSchemas.check(opened, known);
          try (PreparedStatement seen =
              opened.prepareStatement(
                  "insert into replica values (?, ?, now()) on conflict (holder) do update"
                      + " set seen_at = now()")) {
            seen.setString(1, holder);
            seen.setString(2, address);
            return seen.executeUpdate();
          }
        });
  }

  /// Reads the lease.
  ///
  /// @throws StateException when the database does not answer
  public Lease read() {
    return run(
        opened -> {
          try (Statement query = opened.createStatement();
              ResultSet row = query.executeQuery("select * from leader_lease where id = 1")) {
            if (!row.next()) {
              throw new SQLException("the table leader_lease is empty");
            }
            return new Lease(
                row.getLong("epoch"),
                row.getLong("renewals"),
                row.getString("holder"),
                row.getString("address"),
                row.getLong("held") != 0);
          }
        });
  }

  /// Takes the lease, if it is still as it was seen.
  ///
  /// @return the epoch of the new leader; empty when another was faster
  /// @throws StateException when it is not known whether it was taken, which the next [#read] says;
  ///   or when a newer Longshore wrote the state, and it was not
  public OptionalLong take(Lease seen) {
    return run(
        opened -> {
          PostgresSchemas.check(opened, known);
          try (PreparedStatement take =
              opened.prepareStatement(
                  "update leader_lease set epoch = epoch + 1, renewals = 0, holder = ?, address = ?,"
                      + " held = 1 where id = 1 and epoch = ? and renewals = ?")) {
            take.setString(1, holder);
            take.setString(2, address);
            take.setLong(3, seen.epoch());
            take.setLong(4, seen.renewals());
            if (take.executeUpdate() == 0) {
              return OptionalLong.empty();
            }
          }
          long epoch = seen.epoch() + 1;
          try (Statement end = opened.createStatement()) {
            end.execute(
                "select pg_terminate_backend(pid) from pg_locks where pid <> pg_backend_pid()"
                    + " and relation = 'leader_fence'::regclass;"
                    + " select 1 from leader_fence where id = 1 for update");
          }
          try (PreparedStatement fence =
              opened.prepareStatement(
                  "update leader_fence set epoch = ?, unit = 0 where id = 1 and epoch < ?")) {
            fence.setLong(1, epoch);
            fence.setLong(2, epoch);
            fence.executeUpdate();
          }
          return OptionalLong.of(epoch);
        });
  }

  /// Renews the lease of an epoch.
  ///
  /// @throws StateException when the database does not answer
  public Renewal renew(long epoch) {
    return run(
        opened -> {
          try (PreparedStatement renew =
              opened.prepareStatement(
                  "update leader_lease set renewals = renewals + 1 where id = 1 and epoch = ?"
                      + " and holder = ?")) {
            renew.setLong(1, epoch);
            renew.setString(2, holder);
            return renew.executeUpdate() == 1
                ? new Renewal(true, others(opened))
                : new Renewal(false, List.of());
          }
        });
  }

  private List<String> others(Connection opened) throws SQLException {
    List<String> addresses = new ArrayList<>();
    try (PreparedStatement query =
        opened.prepareStatement(
            "select address from replica where holder <> ? and seen_at > now() - " + GONE)) {
      query.setString(1, holder);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          addresses.add(row.getString(1));
        }
      }
    }
    return addresses;
  }

  /// Lets the lease of an epoch go, so that another takes it at once.
  ///
  /// @throws StateException when the database does not answer
  public void release(long epoch) {
    run(
        opened -> {
          try (PreparedStatement release =
              opened.prepareStatement(
                  "update leader_lease set held = 0 where id = 1 and epoch = ?")) {
            release.setLong(1, epoch);
            return release.executeUpdate();
          }
        });
  }

  /// Says that this replica can't take the lease any more.
  ///
  /// @throws StateException when the database does not answer
  public void leave() {
    run(
        opened -> {
          try (PreparedStatement leave =
              opened.prepareStatement("delete from replica where holder = ?")) {
            leave.setString(1, holder);
            return leave.executeUpdate();
          }
        });
  }

  private interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private <T> T run(Work<T> work) {
    try {
      Connection opened = connection();
      T result = work.run(opened);
      opened.commit();
      return result;
    } catch (SQLException e) {
      PostgresConnections.abandon(connection);
      connection = null;
      throw new StateException(
          "the lease in " + connections.url() + " can't be reached: " + e.getMessage(), e);
    } catch (StateException e) {
      PostgresConnections.abandon(connection);
      connection = null;
      throw e;
    }
  }

  private Connection connection() throws SQLException {
    Connection opened = connection;
    if (opened == null) {
      opened = connections.open(TIMEOUT, IDLE);
      connection = opened; // let go by run, when the tables can't be used
      PostgresSchemas.migrate(opened, List.of(SCHEMA));
    }
    return opened;
  }

  @Override
  public void close() {
    PostgresConnections.abandon(connection);
    connection = null;
  }
}
