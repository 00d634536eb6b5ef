package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Ledger;
import dev.longshore.shared.units.DataSize;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How much of the queue one container may hold. Owned by the reading thread.
///
/// Shipping takes blocks in the order in which they were queued: what stands in the queue is how
/// late the next line is. So all containers together may queue what leaves it in [#LATENESS], by
/// what left it just now, and one of them as much as the others leave free of that: one with a
/// backlog gets half of it, two a third each, and one that writes little always finds room. The
/// rest of a backlog stays where it is, in the container's own files.
///
/// Records that go nowhere, because their destination accepts no documents, are not counted with
/// the others: they are no reason for others to wait. Where they come from a file that is rotated,
/// it may be deleted before they go: half of the buffer is then for it. So is it at once for a file
/// that is deleted already, which nothing but our handle keeps.
final class FairShare {
  /// How long the queue may take to empty; with one backlog, which gets half of it, it takes half.
  private static final Duration LATENESS = Duration.ofSeconds(2);

  /// With one backlog about a request, whose body is four times as large as the log in it: enough
  /// to see how fast it goes.
  private static final long LEAST_FLOWING_BYTES = 1L << 20;

  private static final long MOST_FLOWING_BYTES = 32L << 20;

  /// A block of so much is a large one.
  private static final long LARGE_BYTES = 64L << 10;

  /// What a container may queue, whatever the others do.
  private static final long LEAST_BYTES = 256L << 10;

  /// A container of which nothing was resolved for so long goes nowhere.
  private static final Duration STALLED = Duration.ofSeconds(10);

  private final Ledger ledger;
  private final Throughput throughput;
  private final long leastBytes;
  private final long atRiskBytes;

  private final Map<ContainerRef, Flow> flows = new HashMap<>();
  private long flowingBytes;
  private long flowLimitBytes;

  FairShare(DataSize bufferMaxSize, Ledger ledger, long nowNanos) {
    this.ledger = ledger;
    throughput = new Throughput(nowNanos);
    long half = Math.max(1, bufferMaxSize.bytes() / 2);
    atRiskBytes = half;
    leastBytes = Math.min(LEAST_BYTES, Math.max(1, half / 8));
  }

  /// Looks at what shipping has done; once before each round over all files.
  void measure(long nowNanos) {
    flowingBytes = 0;
    long goneBytes = 0;
    for (Account account : ledger.accounts()) {
      Flow flow = flows.get(account.container());
      if (flow == null) {
        flow = new Flow(account, nowNanos);
        flows.put(account.container(), flow);
      }
      goneBytes += flow.look(account, nowNanos);
      if (!flow.stalled) {
        flowingBytes += account.bufferedBytes();
      }
    }
    throughput.look(goneBytes, flowingBytes > 0, nowNanos);
    flowLimitBytes =
        Math.min(
            atRiskBytes,
            Math.clamp(throughput.bytesIn(LATENESS), LEAST_FLOWING_BYTES, MOST_FLOWING_BYTES));
  }

  /// Whether the container has in the queue what it may have.
  boolean spent(FileState state) {
    long mine = state.account.bufferedBytes();
    return mine >= leastBytes && mine >= limitBytes(state);
  }

  private long limitBytes(FileState state) {
    Flow flow = flows.get(state.file.container());
    boolean stalled = flow != null && flow.stalled;
    boolean rotated = !state.file.path().equals(state.file.livePath());
    if (state.file.isDeleted() || (rotated && stalled)) {
      return atRiskBytes;
    }
    return Math.min(flowLimitBytes / 2, flowLimitBytes - flowingBytes);
  }

  /// Whether little of a live file is unread, which nobody is about to delete.
  boolean canWaitForMore(FileState state) {
    return state.file.path().equals(state.file.livePath())
        && state.file.size() - state.file.readOffset() < LARGE_BYTES;
  }

  /// So much was queued since it was measured.
  void took(long bytes) {
    flowingBytes += bytes;
  }

  /// The container has neither files nor records any more: its account is closed.
  void forget(ContainerRef container) {
    flows.remove(container);
  }

  /// Whether a container's records go somewhere.
  private static final class Flow {
    private long resolved;
    private long acknowledgedBytes;
    private long movedNanos;
    private boolean stalled;

    Flow(Account account, long nowNanos) {
      // What left the queue before is no sample of how fast it empties.
      acknowledgedBytes = account.acknowledgedBytes();
      movedNanos = nowNanos;
    }

    /// Returns the bytes that left the queue since the last look.
    long look(Account account, long nowNanos) {
      long now = account.resolved();
      if (now != resolved || account.bufferedBytes() == 0) {
        resolved = now;
        movedNanos = nowNanos;
      }
      stalled = nowNanos - movedNanos > STALLED.toNanos();
      long before = acknowledgedBytes;
      acknowledgedBytes = account.acknowledgedBytes();
      return acknowledgedBytes - before;
    }
  }
}
