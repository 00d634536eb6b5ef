package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.agent.ship.encode.RecordEncoder;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes blocks from the queue and brings their records to Elasticsearch.
///
/// One platform thread, `ship`, owns everything that changes; replies come to it through a queue
/// that holds at most one for each request in flight. It works in turns:
///
/// 1. draw the consequences of the replies that came ([BulkResponseHandler]),
/// 2. let each [Destination] send what is due, another one first in each turn,
/// 3. take new blocks from the source, as long as their destinations have room; a destination that
///    is stalled is read past, its blocks are remembered by reference, up to a bound,
/// 4. acknowledge the blocks whose records are all resolved ([AckTracker]).
///
/// What happens when the server is
///
/// - *fast*: a batch goes [Pacing#LINGER] after its first record, or as soon as it is worth a
///   request; batches stay small and lines arrive at once;
/// - *slow*: the window of requests in flight is full, so batches grow to `maxBatch`; then blocks
///   stay in the queue, and the other destinations are served past them;
/// - *away*: the [CircuitBreaker] opens; small probes find it again, nothing else is held but
///   references, and logs pile up in the queue on disk;
/// - *refusing*: a whole request's refusal opens the breaker, an item's is retried alone
///   ([RetryQueue]), or its document goes once more in a safe form and then to the dead letters
///   ([DeadLetterRouter]).
///
/// All bodies together stay within the share of memory that [BatchMemory] deals out.
///
/// `start`, `drain`, `close`, `status` and `wakeup` may be called by any thread.
public final class Dispatcher implements AutoCloseable {

  /// Blocks of stalled destinations that are remembered by reference, 16 bytes each; beyond it, the
  /// queue is not read on, and then a stalled destination holds up the others.
  static final int MAX_BLOCKS_WAITING = 65_536;

  /// What bulk bodies can always have of the process's memory budget.
  public static final DataSize MEMORY_RESERVE = new DataSize(BatchMemory.RESERVE_BYTES);

  private static final int BLOCKS_A_TURN = 64;
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(1);
  private static final Duration LAST_WAIT_FOR_REPLY = Duration.ofMillis(20);

  /// For so long bodies are kept for the next batches after the last one: shorter pauses would have
  /// their arrays grow anew from the smallest, again and again.
  private static final Duration SPARE_KEPT = Duration.ofSeconds(10);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /// After so many failed turns in a row, which take about as many seconds, they are the state.
  private static final int LASTING_FAILURES = 5;

  private static final Duration LAST_REPLIES = Duration.ofSeconds(2);
  private static final Duration STATUS_EVERY = Duration.ofMillis(100);
  private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
  private static final Duration JOIN = Duration.ofSeconds(10);

  /// How old the last turn may be: a turn never waits for a server, but for the queue's disk.
  private static final Duration MAX_TURN_AGE = Duration.ofMinutes(5);

  private final BlockSource source;
  private final Clock clock;
  private final Logger logger = LoggerFactory.getLogger(Dispatcher.class);
  private final RateLimitedLogger warnings;
  private final Searchable searchable = new Searchable();
  private final Queue<Destination.Reply> replies = new ConcurrentLinkedQueue<>();
  private final Semaphore signal = new Semaphore(0);
  private final AckTracker acks;
  private final BatchMemory memory;
  private final DispatchContext context;

  // Owned by the thread "ship".
  private final Destinations destinations;
  private final Block fresh = new Block(64 << 10);
  private boolean sourceEmpty;
  private int firstServed;
  private long statusNanos;
  private long forgetNanos;
  private long busyNanos;

  private int failuresInRow;

  private volatile ShipStatus status = ShipStatus.EMPTY;
  private volatile @Nullable String failure;
  private volatile boolean running;
  private volatile @Nullable CountDownLatch drained;
  private final SupervisedThread thread;

  /// Guarded by this.
  private boolean started;

  /// @param transport for records that were never sent before
  /// @param inDoubt for those that may be there already
  /// @param share of the process's memory, for bulk bodies; see [#MEMORY_RESERVE]
  /// @param random jitter of the backoff
  public Dispatcher(
      ShipConfig config,
      BlockSource source,
      RecordEncoder encoder,
      BulkTransport transport,
      InDoubtResolver inDoubt,
      DiskStore deadLetters,
      RefreshIntervals refreshIntervals,
      Ledger ledger,
      MemoryBudget.Share share,
      Clock clock,
      RandomGenerator random,
      ShipMetrics metrics,
      Supervisor supervisor) {
    this.source = source;
    this.clock = clock;
    warnings = new RateLimitedLogger(logger, clock, Duration.ofSeconds(10));
    acks = new AckTracker(source, ledger, searchable, refreshIntervals, metrics, clock, warnings);
    memory = new BatchMemory(share, config.requestsInFlight() + 1);
    destinations = new Destinations(this::newDestination);
    context =
        new DispatchContext(
            config,
            new BatchBuilder(config, source, encoder, memory, clock),
            acks,
            transport,
            inDoubt,
            new DeadLetterRouter(destinations, deadLetters, metrics, warnings),
            replies,
            this::wakeup,
            clock,
            new Backoff(random),
            metrics,
            memory,
            warnings);
    statusNanos = clock.nanoTime();
    forgetNanos = statusNanos;
    busyNanos = statusNanos;
    thread = supervisor.platform("ship", MAX_TURN_AGE, this::run);
  }

  private Destination newDestination(String dataStream, long nowNanos) {
    return new Destination(dataStream, context, nowNanos);
  }

  /// Starts the thread.
  public synchronized void start() {
    if (!started) {
      started = true;
      running = true;
      thread.start();
    }
  }

  /// Waits until nothing is pending: the source is empty and all that was taken is resolved.
  /// Batches are sent however small they are.
  ///
  /// @return false when the time was over before
  public boolean drain(Duration timeout) {
    try {
      return beginDrain().await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      drained = null;
    }
  }

  /// From now on batches are sent however small they are.
  ///
  /// @return is zero once nothing is pending, as [#drain] says
  public CountDownLatch beginDrain() {
    CountDownLatch latch = new CountDownLatch(1);
    drained = latch;
    wakeup();
    return latch;
  }

  /// Lets the thread look for work at once; to be called when the source has something new.
  public void wakeup() {
    signal.release();
  }

  public ShipStatus status() {
    return status;
  }

  /// Why shipping does not get on, where each of its turns has failed for a while; null where not.
  /// Any thread.
  public @Nullable String failure() {
    return failure;
  }

  /// The lowest timestamp, by container, of what was acknowledged so shortly ago that a search may
  /// not find it yet, nanoseconds since the epoch. What is not acknowledged is known to the buffer.
  public Map<ContainerRef, Long> lowestNotSearchableNanos() {
    return searchable.lowestNanos(clock.nanoTime());
  }

  /// Sends nothing more, waits 2 s at most for replies, and ends. What is not resolved stays in the
  /// queue.
  @Override
  public void close() {
    thread.stopping();
    running = false;
    wakeup();
    try {
      if (!thread.join(JOIN)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() throws InterruptedException {
    while (running) {
      try {
        int work = turn();
        failuresInRow = 0;
        failure = null;
        if (work == 0) {
          idle();
        }
      } catch (RuntimeException e) {
        if (++failuresInRow >= LASTING_FAILURES) {
          failure = "shipping fails again and again: " + FailureText.of(e);
        }
        logger.atError().setMessage("shipping iteration failed; continuing").setCause(e).log();
        clock.sleep(AFTER_FAILURE);
      }
      thread.turned();
    }
    lastReplies();
  }

  /// One turn of the duty cycle; never blocks.
  ///
  /// @return how much was done; 0 when there is nothing to do before time passes, a reply arrives,
  ///   or the source has something new
  public int turn() {
    long nowNanos = clock.nanoTime();
    int work = settle(nowNanos);
    memory.dropIdleWaiters(nowNanos);
    relievePressure(nowNanos);
    CountDownLatch draining = drained;
    boolean flush = draining != null && sourceEmpty;
    work += pump(nowNanos, flush);
    work += takeBlocks(nowNanos);
    work += acks.acknowledge();
    if (work == 0) {
      rest(nowNanos);
    }
    if (work == 0 || nowNanos - statusNanos >= STATUS_EVERY.toNanos()) {
      status = picture(nowNanos);
      statusNanos = nowNanos;
    }
    if (draining != null && work == 0 && isQuiet()) {
      draining.countDown();
    }
    return work;
  }

  /// Lets each destination send, another one first in each turn.
  private int pump(long nowNanos, boolean flush) {
    List<Destination> all = destinations.all();
    int count = all.size();
    int work = 0;
    firstServed = count == 0 ? 0 : (firstServed + 1) % count;
    for (int i = 0; i < count; i++) {
      work += all.get((firstServed + i) % count).pump(nowNanos, flush);
    }
    return work;
  }

  /// Somebody else needs memory: the largest open batch goes early.
  private void relievePressure(long nowNanos) {
    if (!memory.takePressure()) {
      return;
    }
    Destination largest = null;
    for (Destination destination : destinations.all()) {
      if (largest == null || destination.openBytes() > largest.openBytes()) {
        largest = destination;
      }
    }
    if (largest != null) {
      largest.giveUpOpen(nowNanos);
    }
  }

  /// There is nothing to do: gives up what is kept for being quick.
  private void rest(long nowNanos) {
    if (!memory.isIdle()) {
      busyNanos = nowNanos;
    } else if (nowNanos - busyNanos >= SPARE_KEPT.toNanos()) {
      memory.dropSpare();
    }
    if (nowNanos - forgetNanos >= FORGET_EVERY.toNanos()) {
      forgetNanos = nowNanos;
      destinations.forgetIdle(nowNanos);
    }
  }

  private int settle(long nowNanos) {
    int count = 0;
    for (Destination.Reply reply = replies.poll(); reply != null; reply = replies.poll()) {
      reply.destination().settle(reply.batch(), reply.reply(), nowNanos);
      count++;
    }
    return count;
  }

  private int takeBlocks(long nowNanos) {
    sourceEmpty = false;
    int blocks = 0;
    while (blocks < BLOCKS_A_TURN && mayTake(nowNanos)) {
      long reference = source.next(fresh);
      if (reference == BlockSource.NONE) {
        sourceEmpty = true;
        break;
      }
      blocks++;
      if (fresh.isEmpty()) {
        source.acknowledge(reference);
      } else {
        destinations
            .of(context.config().destinationOf(fresh.snapshot().dataStream()), nowNanos)
            .accept(reference, fresh, source.recovered(reference), nowNanos);
      }
    }
    return blocks;
  }

  /// Whether the next block may be taken: no destination has blocks waiting, but those that are
  /// stalled.
  private boolean mayTake(long nowNanos) {
    int blocksWaiting = 0;
    List<Destination> all = destinations.all();
    for (int i = 0; i < all.size(); i++) {
      Destination destination = all.get(i);
      boolean stalled = destination.stalled(nowNanos);
      if (destination.blocksWaiting() > 0 && !stalled) {
        return false;
      }
      blocksWaiting += destination.blocksWaiting();
    }
    return blocksWaiting < MAX_BLOCKS_WAITING;
  }

  private ShipStatus picture(long nowNanos) {
    List<DestinationStatus> all = new ArrayList<>(destinations.all().size());
    for (Destination destination : destinations.all()) {
      all.add(destination.status(nowNanos));
    }
    all.sort(Comparator.comparing(DestinationStatus::dataStream));
    return new ShipStatus(all, acks.blocks());
  }

  private boolean isQuiet() {
    return sourceEmpty
        && acks.blocks() == 0
        && destinations.all().stream().allMatch(Destination::isIdle);
  }

  private void idle() throws InterruptedException {
    long nowNanos = clock.nanoTime();
    long waitNanos = LONGEST_IDLE.toNanos();
    for (Destination destination : destinations.all()) {
      waitNanos = Math.min(waitNanos, destination.nanosUntilDue(nowNanos));
    }
    // Replies and what was read both come with a signal.
    if (signal.tryAcquire(Math.max(0, waitNanos), TimeUnit.NANOSECONDS)) {
      signal.drainPermits();
    }
  }

  private void lastReplies() throws InterruptedException {
    long deadlineNanos = clock.nanoTime() + LAST_REPLIES.toNanos();
    while (destinations.all().stream().anyMatch(destination -> destination.inFlight() > 0)
        && clock.nanoTime() - deadlineNanos < 0) {
      settle(clock.nanoTime());
      acks.acknowledge();
      signal.tryAcquire(LAST_WAIT_FOR_REPLY.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
