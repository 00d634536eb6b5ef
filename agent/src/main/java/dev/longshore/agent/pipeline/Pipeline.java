package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.pipeline.Decision.Wait;
import dev.longshore.agent.ship.Dispatcher;
import dev.longshore.agent.ship.ShipConfig;
import dev.longshore.agent.tail.Tail;
import dev.longshore.agent.tail.TailConfig;
import dev.longshore.agent.tail.TailMetrics;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The path of a log line: one reading thread from the files into the queue, one shipping thread
/// from the queue to Elasticsearch.
public final class Pipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  /// How long the reading thread rests at most; the tail knows when a file is to be looked at.
  private static final Duration REST = Duration.ofMillis(500);

  /// The same while a container waits for room that shipping makes: its share lasts Elasticsearch a
  /// second or less.
  private static final Duration SHORT_REST = Duration.ofMillis(20);

  private static final Duration HOUSEKEEPING = Duration.ofMillis(500);

  /// How often it is looked over all files for what is not read yet. The watermark is published
  /// less often.
  private static final Duration PROGRESS = Duration.ofSeconds(1);

  private static final Duration REPEATED_WARNINGS = Duration.ofSeconds(10);

  /// How old the reading thread's last turn may be. A disk that answers within it is slow, not
  /// dead.
  private static final Duration MAX_TURN_AGE = Duration.ofMinutes(5);

  /// How long the reading thread may take to come to its end when it is told.
  private static final Duration LAST_TURN = Duration.ofSeconds(3);

  private final Buffer buffer;
  private final Dispatcher dispatcher;
  private final Ledger ledger;
  private final Clock clock;
  private final Tail tail;
  private final FileStates files;
  private final ReadLoop readLoop;
  private final BlockAppender appender;
  private final Admission admission;
  private final ReadWatermarkTracker progress;
  private final Duration longestGroup;
  private final SupervisedThread reader;
  private final SearchableWatermark completed;

  private volatile boolean stopping;
  private volatile boolean graceful;

  /// Until when open groups are waited for once it is stopping; monotonic.
  private volatile long readingEndsNanos;

  /// Reading thread's own.
  private long housekeepingDueNanos;

  private long progressDueNanos;

  private long groupsEndNanos;

  /// @param memory gets the shares `records` and `decompression`
  public Pipeline(
      Settings settings,
      Buffer buffer,
      Metadata metadata,
      Dispatcher dispatcher,
      Ledger ledger,
      MemoryBudget memory,
      TailMetrics tailMetrics,
      FrameMetrics frameMetrics,
      PipelineMetrics metrics,
      Clock clock,
      Supervisor supervisor) {
    this.buffer = buffer;
    this.dispatcher = dispatcher;
    this.ledger = ledger;
    this.clock = clock;
    RateLimitedLogger warnings = new RateLimitedLogger(LOG, clock, REPEATED_WARNINGS);
    this.files = new FileStates(buffer.positions());
    this.tail =
        new Tail(
            settings.tail(),
            clock,
            files,
            tailMetrics,
            memory.share("decompression", Tail.DECOMPRESSION_RESERVE_BYTES));
    RecordMemory records =
        new RecordMemory(
            memory.share("records", RecordMemory.reserveBytes(settings.frame().maxRecord())),
            longestRecord(settings.frame()),
            clock);
    MetadataResolver metadataResolver =
        new MetadataResolver(
            metadata,
            new Snapshots(settings.ship(), settings.nodeName(), settings.clusterName()),
            settings.metadataWait(),
            settings.frame().multiline(),
            clock);
    RateLimits rateLimits = new RateLimits(warnings);
    PendingMultiline pending =
        new PendingMultiline(settings.frame(), settings.tail().pollInterval());
    this.admission =
        new Admission(
            buffer,
            new FairShare(settings.bufferMaxSize(), ledger, clock.nanoTime()),
            metadataResolver,
            rateLimits,
            records,
            clock,
            warnings);
    this.appender =
        new BlockAppender(buffer, files, this::hasToEnd, dispatcher::wakeup, clock, warnings);
    Framing framing =
        new Framing(
            settings.frame(),
            frameMetrics,
            metadataResolver,
            rateLimits,
            records,
            appender,
            pending,
            files,
            clock,
            warnings);
    this.readLoop =
        new ReadLoop(
            tail, files, admission, framing, pending, records, appender, ledger, metadata, clock,
            warnings);
    this.progress = new ReadWatermarkTracker(settings.tail().pollInterval());
    this.longestGroup = pending.longest();
    this.completed = new SearchableWatermark(buffer, dispatcher, clock);
    this.reader = supervisor.platform("read", MAX_TURN_AGE, this::read);
    metrics.watch(this);
  }

  /// How long a record may be waited for at the most, and a minute for the disk.
  private static Duration longestRecord(FrameConfig frame) {
    return frame.groupTimeout().plus(frame.partialTimeout()).plusMinutes(1);
  }

  /// What the path of a line is configured by.
  ///
  /// @param metadataWait how long a file waits for its pod's metadata before it ships without
  public record Settings(
      TailConfig tail,
      FrameConfig frame,
      ShipConfig ship,
      DataSize bufferMaxSize,
      Duration metadataWait,
      String nodeName,
      @Nullable String clusterName) {}

  /// Counts what an earlier run left in the queue, and starts both threads.
  public void start() {
    begin();
    dispatcher.start();
    reader.start();
  }

  /// Counts what an earlier run left in the queue, and has the first turn look at all files.
  void begin() {
    buffer.eachRecovered(
        (container, records, payloadBytes) -> {
          ledger.account(container).recovered(records, payloadBytes);
          readLoop.recovered(container);
        });
    tail.start();
  }

  private void read() {
    try {
      while (!stopping) {
        cycle();
      }
      if (graceful) {
        finishReading();
      }
    } catch (StoppedException e) {
      LOG.atWarn().setMessage("reading ended with the buffer full").log();
    }
  }

  /// Reads what no other run can: the ends of groups that are open, for which is waited as long as
  /// ever, and deleted files.
  private void finishReading() {
    drain();
    do {
      cycle();
    } while (!isOver() && !isDrained());
    abandon();
  }

  /// From the next turn on nothing is read but what no other run can read.
  void drain() {
    readLoop.drain();
    tail.lookAtAll();
    groupsEndNanos = clock.nanoTime() + longestGroup.toNanos();
  }

  /// Whether all is read that no other run can read.
  boolean isDrained() {
    return !readLoop.hasDeletedUnread()
        && (!readLoop.hasOpenGroups() || clock.nanoTime() - groupsEndNanos >= 0);
  }

  /// The end of the last turn: what could not be read any more is counted as lost.
  void abandon() {
    readLoop.abandon();
  }

  /// Whether the reading thread has to end, whatever is open.
  private boolean isOver() {
    return stopping && clock.nanoTime() - readingEndsNanos >= 0;
  }

  /// The same, asked by the reading thread while a full queue keeps it within a turn: it is not
  /// stuck then, however long that lasts.
  private boolean hasToEnd() {
    reader.turned();
    return isOver();
  }

  /// One turn of the reading thread, and its rest.
  private void cycle() {
    Duration rest = turn();
    tail.await(rest.isZero() ? REST : rest);
    reader.turned();
  }

  /// One turn of the reading thread; never waits, unless the queue takes no block.
  ///
  /// @return how long it may rest, unless something happens; zero when it has read something
  Duration turn() {
    long began = clock.nanoTime();
    readLoop.unreadable(buffer.takeUnreadable());
    readLoop.fallBack(buffer.takeFallbacks());
    int bytes = readLoop.turn();
    readLoop.closeDue();
    appender.tellShipping();
    long now = clock.nanoTime();
    progress.turned(tail.foldersKnownEpochMillis(), began, now);
    if (now - housekeepingDueNanos >= 0) {
      buffer.maintain();
      if (tail.scansCompleted() > 0) {
        readLoop.settle();
      }
      housekeepingDueNanos = now + HOUSEKEEPING.toNanos();
    }
    if (now - progressDueNanos >= 0) {
      completed.read(progress.upTo(files.all(), tail.unreadable(), clock.epochMillis()));
      progressDueNanos = now + PROGRESS.toNanos();
    }
    if (admission.awaitsShipping()) {
      tail.resume();
    }
    if (bytes > 0) {
      return Duration.ZERO;
    }
    return admission.awaitsShipping() ? SHORT_REST : REST;
  }

  /// Up to when this node's logs are searchable, for the watermark.
  public SearchableWatermark searchableWatermark() {
    return completed;
  }

  /// All files that are followed, for the status page; any thread.
  public List<FileView> files() {
    return tail.status().stream().map(files::view).toList();
  }

  /// How many files have something to read and wait for this reason; any thread.
  public int pausedFiles(PauseReason reason) {
    int paused = files.paused(reason);
    // What stands in the middle of an append stops them all, and asks for none.
    Wait blocked = appender.blocked();
    return paused == 0 && blocked != null && blocked.reason() == reason ? 1 : paused;
  }

  /// What files wait for that wait for this reason, for people; any thread.
  public String pauseDetail(PauseReason reason) {
    Wait blocked = appender.blocked();
    if (blocked != null && blocked.reason() == reason) {
      return blocked.detail();
    }
    return files().stream()
        .filter(file -> file.paused() == reason)
        .map(FileView::waiting)
        .findFirst()
        .orElse("reading paused: " + reason.label());
  }

  /// Whether no file was found that `tail.paths` matches; any thread.
  public boolean matchesNoFile() {
    return tail.matchesNothing();
  }

  public Dispatcher dispatcher() {
    return dispatcher;
  }

  /// Stops reading, but for groups that are open and for deleted files, which nobody can read
  /// later; then delivers what is queued, all within `timeout`; the rest stays in the queue for the
  /// next start.
  ///
  /// @return whether everything that was read is delivered
  public boolean stop(Duration timeout) {
    long deadline = clock.nanoTime() + timeout.toNanos();
    graceful = true;
    // What doesn't end in time is read again at the next start; half the time is for what is
    // queued.
    endReading(timeout.toNanos() / 2);
    boolean drained = dispatcher.drain(Duration.ofNanos(Math.max(0, deadline - clock.nanoTime())));
    close();
    return drained;
  }

  private void endReading(long withinNanos) {
    if (!stopping) {
      readingEndsNanos = clock.nanoTime() + withinNanos;
      stopping = true;
    }
    reader.stopping();
    if (!reader.isAlive()) {
      return;
    }
    tail.wakeup();
    try {
      if (!reader.join(Duration.ofNanos(withinNanos).plus(LAST_TURN))) {
        reader.interrupt();
        reader.join(LAST_TURN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends at once: groups that are open are read again at the next start.
  @Override
  public void close() {
    endReading(0);
    dispatcher.close();
    tail.close();
  }
}
