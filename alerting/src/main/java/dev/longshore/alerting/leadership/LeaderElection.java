package dev.longshore.alerting.leadership;

import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.postgres.Lease;
import dev.longshore.alerting.state.postgres.LeaseTable;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has one of several replicas lead, by a lease in their database.
///
/// The leader renews the lease each [#PERIOD]. It may send for [#SENDS_FOR] after it began a
/// renewal that succeeded, by its monotonic clock; another takes the lease when it has seen it
/// unchanged for [#TTL], which is longer, by its own. So a leader that was paused or can't reach
/// the database sends nothing by the time another does, and no two clocks are compared.
///
/// A leader that can't reach the database asks the others. When each of them can't reach it either,
/// and promises not to lead for [#TTL], the leader goes on, from memory; so does one that has seen
/// no others lately. Else it stops sending, for another may lead; what it wants to send waits. A
/// replica that reaches the database again, or for the first time, watches the lease for [#TTL]
/// anew, in which a leader that went on renews it.
///
/// Who lost the lease stays [Role#LOST]: its memory is no longer the truth, and its process ends.
///
/// [#turn] is called by one thread; everything else is safe for use by any.
public final class LeaderElection implements AutoCloseable {

  /// Between two renewals.
  static final Duration PERIOD = Duration.ofMillis(500);

  /// Between two looks of a replica that stands by.
  static final Duration LOOK = Duration.ofMillis(100);

  /// After a turn that did not reach the database.
  private static final Duration AGAIN = Duration.ofMillis(250);

  /// How often a replica that stands by says so.
  private static final Duration REGISTER = Duration.ofSeconds(5);

  /// How long a lease holds that nobody renews. The rest of the ten seconds in which another
  /// replica sends is for its start on a machine that is busy.
  public static final Duration TTL = Duration.ofSeconds(4);

  /// Two renewals may go without an answer in it. It leaves a quarter of the lease for a message
  /// that is under way and for clocks that differ in pace.
  static final Duration SENDS_FOR = Duration.ofSeconds(3);

  /// Asks another replica.
  public interface Peers {
    /// Whether a replica promises not to lead for [#TTL], as [#promise] does.
    ///
    /// @param addresses of all others
    /// @return false when one of them doesn't, or doesn't answer
    boolean promise(List<String> addresses);
  }

  /// What a replica is.
  public enum Role {
    /// It waits for the lease.
    STANDBY,
    /// It has the lease.
    LEADER,
    /// It had the lease, and another has taken it.
    LOST
  }

  private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

  private final LeaseTable table;
  private final Peers peers;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final LeadershipMetrics metrics;
  private final CompletableFuture<Long> led = new CompletableFuture<>();
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  // Owned by the thread that calls turn.
  private @Nullable Lease seen;

  /// Since when the lease is as it was seen.
  private long seenSinceNanos;

  /// When this replica said last that it stands by; null when it has not yet.
  private @Nullable Long registeredNanos;

  /// Addresses of other replicas at the last renewal. Written by the thread that calls turn.
  private volatile List<String> others = List.of();

  /// Held while the lease is being taken, so that none is that was promised not to be.
  private final ReentrantLock taking = new ReentrantLock();

  /// Until when this replica does not take the lease, as it has promised. Guarded by taking.
  private long promisedUntilNanos;

  private volatile Role role = Role.STANDBY;

  /// Whether this replica is to let the lease go, and never to take it.
  private volatile boolean leaving;

  private volatile long epoch;
  private volatile String leader = "";

  /// Why the database can't be used; null while it can.
  private volatile @Nullable String failure = "the database was not reached yet";

  /// Until when this replica may send. Written by the thread that calls turn.
  private volatile long sendsUntilNanos;

  /// Until when this replica may send what it could not record, because nobody can take over.
  private volatile long aloneUntilNanos;

  /// @param table this replica's way to the lease; closed with this
  public LeaderElection(LeaseTable table, Peers peers, Clock clock, MeterRegistry registry) {
    this.table = table;
    this.peers = peers;
    this.clock = clock;
    this.warnings = new RateLimitedLogger(LOG, clock, Duration.ofSeconds(10));
    this.sendsUntilNanos = clock.nanoTime();
    this.promisedUntilNanos = sendsUntilNanos;
    this.aloneUntilNanos = sendsUntilNanos;
    this.metrics = new LeadershipMetrics(registry, () -> maySend(true));
  }

  /// Completes with the epoch when this replica leads.
  public CompletableFuture<Long> led() {
    return led;
  }

  /// Completes when this replica led and another has taken over.
  public CompletableFuture<Void> lost() {
    return lost;
  }

  public Role role() {
    return role;
  }

  /// The address of the leader; empty when there is none, or it said nothing.
  public String leader() {
    return leader;
  }

  /// Why the database can't be used; null while it can.
  public @Nullable String failure() {
    return failure;
  }

  /// Whether a message may be sent now. Asked right before each.
  ///
  /// @param recorded whether the database knows that it is being sent
  public boolean maySend(boolean recorded) {
    long now = clock.nanoTime();
    return role == Role.LEADER
        && (aloneUntilNanos - now > 0 || (recorded && sendsUntilNanos - now > 0));
  }

  /// How long to wait until the next turn.
  public Duration period() {
    if (failure != null) {
      return AGAIN;
    }
    return role == Role.LEADER && !leaving ? PERIOD : LOOK;
  }

  /// Renews the lease, or looks whether it can be taken. Never throws for a database that is away.
  public void turn() {
    try {
      switch (role) {
        case STANDBY -> look();
        case LEADER -> renewOrLetGo();
        case LOST -> seeLeader(table.read());
      }
      failure = null;
    } catch (StateException e) {
      failure = String.valueOf(e.getMessage());
      seen = null;
      registeredNanos = null;
      metrics.failed();
      warnings.warn(
          "lease",
          event ->
              event
                  .setMessage("The database of the state can't be used")
                  .addKeyValue("role", role)
                  .addKeyValue("reason", e.getMessage()));
    }
  }

  private void look() {
    long nanos = clock.nanoTime();
    if (registeredNanos == null || nanos - registeredNanos >= REGISTER.toNanos()) {
      table.register();
      registeredNanos = nanos;
    }
    Lease now = table.read();
    if (!Objects.equals(now, seen)) {
      seen = now;
      seenSinceNanos = clock.nanoTime();
    }
    seeLeader(now);
    if (leaving) {
      return;
    }
    if (now.held() && clock.nanoTime() - seenSinceNanos < TTL.toNanos()) {
      return;
    }
    long started = clock.nanoTime();
    OptionalLong taken;
    taking.lock();
    try {
      if (promisedUntilNanos - started > 0) {
        return;
      }
      taken = table.take(now);
      if (taken.isPresent()) {
        role = Role.LEADER;
      }
    } finally {
      taking.unlock();
    }
    if (taken.isPresent()) {
      epoch = taken.getAsLong();
      leader = table.address();
      sendsUntilNanos = started + SENDS_FOR.toNanos();
      LOG.atInfo()
          .addKeyValue("epoch", epoch)
          .addKeyValue("before", now.holder())
          .log("This replica leads");
      led.complete(epoch);
    }
  }

  /// Promises not to lead for [#TTL], if this replica can't reach the database: then a leader that
  /// can't either may go on.
  ///
  /// @return whether it is promised; at once
  public boolean promise() {
    if (failure == null || !taking.tryLock()) {
      return false;
    }
    try {
      promisedUntilNanos = clock.nanoTime() + TTL.toNanos();
      return role == Role.STANDBY;
    } finally {
      taking.unlock();
    }
  }

  private void seeLeader(Lease now) {
    leader = now.held() ? now.address() : "";
  }

  private void renewOrLetGo() {
    renew();
    if (leaving && role == Role.LEADER) {
      role = Role.LOST;
      leader = "";
      table.release(epoch);
    }
  }

  private void renew() {
    long started = clock.nanoTime();
    LeaseTable.Renewal renewal;
    try {
      renewal = table.renew(epoch);
    } catch (StateException e) {
      long asked = clock.nanoTime();
      if (others.isEmpty() || peers.promise(others)) {
        aloneUntilNanos = asked + SENDS_FOR.toNanos();
      }
      throw e;
    }
    if (!renewal.held()) {
      fenced();
      return;
    }
    others = renewal.others();
    sendsUntilNanos = started + SENDS_FOR.toNanos();
    aloneUntilNanos = started;
  }

  /// Lets the lease go with the next turn, so that another replica takes over at once, or does not
  /// take it. Turns go on to see who leads then.
  public void leave() {
    leaving = true;
  }

  /// Whether there is another replica that could lead, as the last renewal saw.
  public boolean hasOthers() {
    return !others.isEmpty();
  }

  /// Another replica leads, as the database says.
  public void fenced() {
    role = Role.LOST;
    if (lost.complete(null)) {
      LOG.atError()
          .addKeyValue("epoch", epoch)
          .log("Another replica has taken over; this one sends nothing more");
    }
  }

  /// Lets the lease go, so that another replica takes over at once. After the last turn.
  @Override
  public void close() {
    try {
      if (role == Role.LEADER) {
        role = Role.LOST;
        table.release(epoch);
      } else if (failure == null) {
        table.leave();
      }
    } catch (StateException e) {
      LOG.atDebug().setCause(e).log("the lease was not let go; it runs out");
    }
    table.close();
  }
}
