package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
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
/// 2. let each [Destination] send what is due,
/// 3. take new blocks from the source, as long as their destinations have room; a destination that
///    is stalled is read past, its blocks are remembered by reference, up to a bound,
/// 4. acknowledge the blocks whose records are all resolved ([AckTracker]).
///
/// `start`, `drain`, `close`, `status` and `wakeup` may be called by any thread.
public final class Dispatcher implements AutoCloseable {

  /// Blocks of stalled destinations that are remembered by reference, 16 bytes each; beyond it, the
  /// queue is not read on, and then a stalled destination holds up the others.
  static final int MAX_BLOCKS_WAITING = 65_536;

  private static final int BLOCKS_A_TURN = 64;
  private static final Duration LONGEST_IDLE = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT_FOR_REPLY = Duration.ofMillis(20);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration LAST_REPLIES = Duration.ofSeconds(2);
  private static final Duration JOIN = Duration.ofSeconds(10);

  /// Turns a record into an item of a bulk body.
  @FunctionalInterface
  public interface RecordEncoder {

    /// Appends the record at which the cursor stands, as one item.
    ///
    /// @param reference the block's, for [BulkBody#endItem]
    /// @param ordinal which record of the block it is, from 0
    /// @param safe whether to move aside what a mapping could refuse
    /// @throws RuntimeException when the record can't be encoded; what was written is taken back
    void encode(
        Block block, RecordCursor cursor, long reference, int ordinal, boolean safe, BulkBody body);
  }

  /// Waits for the buffer to hold something new.
  @FunctionalInterface
  public interface DataWaiter {

    /// Waits until there is data, or the time is over.
    ///
    /// @return whether there may be data
    /// @throws InterruptedException when the waiting thread is to leave
    boolean awaitData(Duration atMost) throws InterruptedException;
  }

  private final BlockSource source;
  private final DataWaiter waiter;
  private final Clock clock;
  private final Logger logger = LoggerFactory.getLogger(Dispatcher.class);
  private final Limited warnings;
  private final Searchable searchable = new Searchable();
  private final Queue<Destination.Reply> replies = new ConcurrentLinkedQueue<>();
  private final Semaphore signal = new Semaphore(0);
  private final AckTracker acks;
  private final DispatchContext context;

  // Owned by the thread "ship".
  private final Map<String, Destination> destinations = new LinkedHashMap<>();
  private final List<Destination> inOrder = new ArrayList<>();
  private final Block fresh = new Block(64 << 10);
  private boolean sourceEmpty;

  private volatile ShipStatus status = ShipStatus.EMPTY;
  private volatile boolean running;
  private volatile @Nullable CountDownLatch drained;
  private @Nullable Thread thread;

  /// @param waiter waits for the source to have something new
  /// @param transport for records that were never sent before
  /// @param doubts for those that may be there already
  /// @param random jitter of the backoff
  public Dispatcher(
      ShipConfig config,
      BlockSource source,
      DataWaiter waiter,
      RecordEncoder encoder,
      BulkTransport transport,
      InDoubtResolver inDoubt,
      DiskStore deadLetters,
      Ledger ledger,
      Clock clock,
      RandomGenerator random,
      ShipMetrics metrics) {
    this.source = source;
    this.waiter = waiter;
    this.clock = clock;
    warnings = new Limited(logger, clock, Duration.ofSeconds(10));
    acks = new AckTracker(source, ledger, searchable, metrics, clock, warnings);
    DeadLetterRouter deadLetterRouter =
        new DeadLetterRouter(new LetterWay(), deadLetters, metrics, warnings);
    context =
        new DispatchContext(
            config,
            new BatchBuilder(source, encoder, clock),
            acks,
            transport,
            inDoubt,
            deadLetterRouter,
            replies,
            this::wakeup,
            clock,
            new Backoff(random),
            metrics,
            new ArrayDeque<>());
  }

  /// Starts the thread.
  public synchronized void start() {
    if (thread == null) {
      running = true;
      thread = Thread.ofPlatform().name("ship").daemon(true).start(this::run);
    }
  }

  /// Waits until nothing is pending: the source is empty and all that was taken is resolved.
  /// Batches are sent however small they are.
  ///
  /// @return false when the time was over before
  public boolean drain(Duration timeout) {
    CountDownLatch latch = new CountDownLatch(1);
    drained = latch;
    wakeup();
    try {
      return latch.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      drained = null;
    }
  }

  /// Lets the thread look for work at once.
  public void wakeup() {
    signal.release();
  }

  public ShipStatus status() {
    return status;
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
    Thread ending;
    synchronized (this) {
      ending = thread;
      thread = null;
    }
    running = false;
    wakeup();
    if (ending == null) {
      return;
    }
    try {
      ending.join(JOIN);
      if (ending.isAlive()) {
        ending.interrupt();
      }
    } catch (InterruptedException e) {
      ending.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (running) {
        try {
          if (turn() == 0) {
            idle();
          }
        } catch (RuntimeException e) {
          logger.atError().setMessage("shipping iteration failed; continuing").setCause(e).log();
          clock.sleep(AFTER_FAILURE);
        }
      }
      lastReplies();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// One turn of the duty cycle; never blocks.
  ///
  /// @return how much was done; 0 when there is nothing to do before time passes, a reply arrives,
  ///   or the source has something new
  int turn() {
    long nowNanos = clock.nanoTime();
    int work = settle(nowNanos);
    CountDownLatch draining = drained;
    boolean flush = draining != null && sourceEmpty;
    for (int i = 0; i < inOrder.size(); i++) {
      work += inOrder.get(i).pump(nowNanos, flush);
    }
    work += takeBlocks(nowNanos);
    work += acks.acknowledge();
    status = picture(nowNanos);
    if (draining != null && work == 0 && isQuiet()) {
      draining.countDown();
    }
    return work;
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
        destination(fresh.snapshot().dataStream())
            .accept(reference, fresh, source.recovered(reference), nowNanos);
      }
    }
    return blocks;
  }

  /// Whether the next block may be taken: no destination has blocks waiting, but those that are
  /// stalled.
  private boolean mayTake(long nowNanos) {
    int blocksWaiting = 0;
    for (int i = 0; i < inOrder.size(); i++) {
      Destination destination = inOrder.get(i);
      boolean stalled = destination.stalled(nowNanos);
      if (destination.blocksWaiting() > 0 && !stalled) {
        return false;
      }
      blocksWaiting += destination.blocksWaiting();
    }
    return blocksWaiting < MAX_BLOCKS_WAITING;
  }

  private Destination destination(String dataStream) {
    Destination known = destinations.get(dataStream);
    if (known == null) {
      known = new Destination(dataStream, context, logger, warnings);
      destinations.put(dataStream, known);
      inOrder.add(known);
    }
    return known;
  }

  private final class LetterWay implements DeadLetterRouter.Way {
    @Override
    public RetryQueue lettersOf(String dataStream) {
      return destination(DeadLetter.dataStream(dataStream)).retries();
    }

    @Override
    public int lettersWaiting(String dataStream) {
      Destination letters = destinations.get(DeadLetter.dataStream(dataStream));
      return letters == null ? 0 : letters.retries().records();
    }
  }

  private ShipStatus picture(long nowNanos) {
    List<DestinationStatus> all = new ArrayList<>(inOrder.size());
    for (Destination destination : inOrder) {
      all.add(destination.status(nowNanos));
    }
    all.sort(Comparator.comparing(DestinationStatus::dataStream));
    return new ShipStatus(all, acks.blocks());
  }

  private boolean isQuiet() {
    return sourceEmpty && acks.blocks() == 0 && inOrder.stream().allMatch(Destination::isIdle);
  }

  private void idle() throws InterruptedException {
    long nowNanos = clock.nanoTime();
    long waitNanos = LONGEST_IDLE.toNanos();
    int inFlight = 0;
    for (Destination destination : inOrder) {
      waitNanos = Math.min(waitNanos, destination.nanosUntilDue(nowNanos));
      inFlight += destination.inFlight();
    }
    if (inFlight == 0 && sourceEmpty && drained == null) {
      signal.drainPermits();
      if (replies.isEmpty() && waitNanos > 0) {
        waiter.awaitData(Duration.ofNanos(waitNanos));
      }
      return;
    }
    long boundedNanos = Math.max(0, Math.min(waitNanos, LONGEST_WAIT_FOR_REPLY.toNanos()));
    if (signal.tryAcquire(boundedNanos, TimeUnit.NANOSECONDS)) {
      signal.drainPermits();
    }
  }

  private void lastReplies() throws InterruptedException {
    long deadlineNanos = clock.nanoTime() + LAST_REPLIES.toNanos();
    while (inOrder.stream().anyMatch(destination -> destination.inFlight() > 0)
        && clock.nanoTime() - deadlineNanos < 0) {
      settle(clock.nanoTime());
      acks.acknowledge();
      signal.tryAcquire(LONGEST_WAIT_FOR_REPLY.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
