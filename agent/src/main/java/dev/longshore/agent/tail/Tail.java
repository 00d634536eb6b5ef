package dev.longshore.agent.tail;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.memory.MemoryBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The log files of a node, as a source that is polled: [#poll] says what came, went or can be
/// read, [#read] gives a file's next bytes, and [#await] waits until there is something to do
/// again. It calls nobody back, but to ask for [Checkpoints], and has no thread of its own: one
/// thread, the reading thread, polls, reads, waits and closes; any thread may ask for the status,
/// or wake it up.
///
/// A poll in which something is due visits every log; what it does there is decided by that log's
/// own due times. One with nothing to do costs a question to inotify.
public final class Tail implements AutoCloseable {

  /// What compressed files can always take of the memory budget: two at once, so that one which
  /// waits for Elasticsearch does not hold up all others.
  public static final long DECOMPRESSION_RESERVE_BYTES = 2L * GzipSource.WINDOW_BYTES;

  /// Warnings about one file are not repeated more often.
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

  /// How often folders are scanned at the most where not all of them can be watched: a new
  /// container's first line is still read within about a second.
  private static final long UNWATCHED_SCAN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How long logs of which nothing is due are passed over at the most.
  private static final long LONGEST_ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How often folders are scanned at the least where inotify reports all that happens in them:
  /// listing 200 folders each 5 s was a third of what the reading thread cost on a quiet node, and
  /// each minute still a sixth (`longshore bench --trickle`).
  private static final long WATCHED_SCAN_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Clock clock;
  private final TailMetrics metrics;
  private final DirectoryWatch watch;
  private final ContentWatch contents;
  private final TailLog tailLog;
  private final FileSet fileSet;
  private final Discovery discovery;
  private final ReadSchedule schedule;
  private final FileReaper reaper;
  private final Decompression decompression;
  private final RotationReader reading;
  private final List<String> paths;
  private final long rescanNanos;
  private final long maxHeldBytes;
  private final Semaphore wakeups = new Semaphore(0);

  // Owned by the reading thread.
  private final Set<Path> dirty = new HashSet<>();
  private long nextScanNanos;
  private long lastScanNanos;
  private final List<FileEvent> events = new ArrayList<>();
  private long polledNanos;
  private long askedNanos;

  // Written by the reading thread.
  private final AtomicBoolean resumed = new AtomicBoolean();
  private final AtomicLong scansCompleted = new AtomicLong();
  private volatile long foldersKnownEpochMillis;
  private volatile boolean matchesNothing;
  private volatile List<Generation> view = List.of();
  private volatile List<FileStatus> unreadable = List.of();
  private volatile List<FileStatus> ignored = List.of();

  /// @param checkpoints how far files were read
  /// @param memory what compressed files that are read are counted in
  /// @throws IllegalArgumentException when a pattern of `tail.paths` can't be read
  public Tail(
      TailConfig config,
      Clock clock,
      Checkpoints checkpoints,
      TailMetrics metrics,
      MemoryBudget.Share memory) {
    this(
        config,
        clock,
        checkpoints,
        metrics,
        memory,
        Inotify::open,
        Discovery::inFileSystem,
        new FileOpener());
  }

  Tail(
      TailConfig config,
      Clock clock,
      Checkpoints checkpoints,
      TailMetrics metrics,
      MemoryBudget.Share memory,
      DirectoryWatch.Opener opener,
      Discovery.Lister lister,
      FileOpener files) {
    this.clock = clock;
    this.metrics = metrics;
    rescanNanos = config.rescanInterval().toNanos();
    maxHeldBytes = config.maxHeld().bytes();
    long pollNanos = config.pollInterval().toNanos();
    schedule = new ReadSchedule(pollNanos);
    RateLimitedLogger limited =
        new RateLimitedLogger(LoggerFactory.getLogger(Tail.class), clock, WARNING_INTERVAL);
    tailLog = new TailLog(limited);
    watch = new DirectoryWatch(opener, limited, metrics);
    contents = new ContentWatch(watch, schedule);
    fileSet = new FileSet(checkpoints, files, events, metrics, tailLog);
    paths = config.paths();
    PathGlobs globs = new PathGlobs(paths);
    discovery =
        new Discovery(globs, new LinkPolicy(globs, config), watch, fileSet, tailLog, lister);
    decompression = new Decompression(memory, pollNanos);
    reaper =
        new FileReaper(
            fileSet, events, metrics, tailLog, schedule, contents, config.rotateGrace().toNanos());
    reading =
        new RotationReader(
            config, fileSet, metrics, tailLog, schedule, events, reaper, decompression, contents);
  }

  /// Makes the first poll look at everything, and watch it.
  public void start() {
    nextScanNanos = clock.nanoTime();
    askedNanos = nextScanNanos;
    schedule.begin(nextScanNanos);
  }

  /// Looks at what has come or gone, and at each file that is due.
  ///
  /// @return what has happened since the last poll. Each file is readable at most once, so that all
  ///   have their share
  public List<FileEvent> poll() {
    long now = clock.nanoTime();
    polledNanos = now;
    if (now - schedule.tickWithin(0, askedNanos) >= 0) {
      askedNanos = now;
    }
    boolean found = discover(now);
    boolean retryPaused = resumed.getAndSet(false);
    if (!found && !retryPaused && schedule.earliestDueNanos() - now > 0) {
      // Nothing is due of any log.
      return List.of();
    }
    schedule.begin(now + LONGEST_ROUND_NANOS);
    if (decompression.begin(now)) {
      schedule.dueAt(now, now);
    }
    for (RotationSet rotationSet : fileSet.rotationSets()) {
      reading.step(rotationSet, now, retryPaused);
    }
    hold(now);
    publish();
    return takeEvents();
  }

  /// When the last poll began that asked all files to which something is being written how long
  /// they are: what was written before was offered to be read. Monotonic.
  public long askedNanos() {
    return askedNanos;
  }

  private List<FileEvent> takeEvents() {
    List<FileEvent> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  /// Reads the next bytes of a file that is [FileEvent.HasBytes].
  ///
  /// @return null when there are none now after all; else to be answered by [#consumed], or by
  ///   [#defer]
  public @Nullable Slice read(TailedFile file) {
    return reading.read(file.generation(), polledNanos);
  }

  /// So many bytes of the slice that was read of the file need not be read again: whole lines only,
  /// or all of it if it has no line feed and is [Slice#atEnd] or at its full length.
  public void consumed(TailedFile file, int bytes) {
    reading.consumed(file.generation(), bytes, polledNanos);
  }

  /// Has the file read again from `offset`: what was taken from there on is lost. Also allowed
  /// after the file was finished, as long as it is not gone.
  ///
  /// @throws IllegalArgumentException when `offset` is negative or was not yet reached
  public void rewind(TailedFile file, long offset) {
    if (offset < 0 || offset > file.readOffset()) {
      throw new IllegalArgumentException(
          "rewind to " + offset + " of " + file.path() + ", which is read to " + file.readOffset());
    }
    file.generation().rewind(offset);
    schedule.dueAt(polledNanos, polledNanos);
  }

  /// The file is not read now; it is readable again in a while, or after [#resume].
  public void defer(TailedFile file) {
    reading.defer(file.generation(), polledNanos);
  }

  /// @return whether files may have become due by what was found
  private boolean discover(long now) {
    long startedEpochMillis = clock.epochMillis();
    boolean tick = askedNanos == now;
    boolean complete = watch.drain(dirty, contents);
    boolean found = contents.settle(complete);
    discovery.repaired(dirty);
    schedule.takeFoldersToScan(dirty);
    if (!complete || now - nextScanNanos >= 0 || (tick && discovery.isElsewhere())) {
      dirty.clear();
      discovery.scanAll(now);
      nextScanNanos = now + scanInterval(clock.nanoTime() - now);
      foldersKnownEpochMillis = startedEpochMillis;
      scansCompleted.incrementAndGet();
      metrics.scanned();
      scanned();
      return true;
    }
    if (!dirty.isEmpty()) {
      Set<Path> folders = Set.copyOf(dirty);
      dirty.clear();
      discovery.scan(folders, now);
      scanned();
      found = true;
    }
    if (knowsAllByReports()) {
      if (tick) {
        foldersKnownEpochMillis = startedEpochMillis;
      }
    } else if (nextScanNanos - now > rescanNanos) {
      nextScanNanos = now + rescanNanos;
    }
    return found;
  }

  /// Whether nothing can come or go in the folders without a report, so that listing them finds
  /// nothing more.
  private boolean knowsAllByReports() {
    return watch.complete() != null
        && !contents.refused()
        && unreadable.isEmpty()
        && discovery.awaitsNothing();
  }

  private void scanned() {
    unreadable = List.copyOf(tailLog.unreadable());
    ignored = List.copyOf(tailLog.ignored());
    metrics.ignored(tailLog.ignoredCount());
    boolean nothing = fileSet.isEmpty();
    if (nothing && !matchesNothing && scansCompleted.get() == 1) {
      tailLog.nothingMatches(paths);
    }
    matchesNothing = nothing;
  }

  /// How long after a scan the next one begins: where not all folders are watched, scanning finds
  /// what is new, but it takes no more than a twentieth of the time. Of the last two scans the
  /// shorter one counts, because one may have found many files.
  private long scanInterval(long scanNanos) {
    long usualNanos = Math.min(scanNanos, lastScanNanos);
    lastScanNanos = scanNanos;
    if (watch.degraded()) {
      return Math.min(Math.max(UNWATCHED_SCAN_NANOS, usualNanos * 20), rescanNanos);
    }
    return knowsAllByReports() ? Math.max(WATCHED_SCAN_NANOS, rescanNanos) : rescanNanos;
  }

  /// Lets the oldest deleted files go when all of them together are too much.
  private void hold(long now) {
    long heldBytes = 0;
    int open = 0;
    int troubled = unreadable.size();
    for (RotationSet rotationSet : fileSet.rotationSets()) {
      List<Generation> generations = rotationSet.generations();
      for (int k = 0; k < generations.size(); k++) {
        Generation generation = generations.get(k);
        open += generation.isOpen() ? 1 : 0;
        troubled += generation.trouble.isEmpty() ? 0 : 1;
        heldBytes += generation.isHeld() ? generation.sizeBytes() : 0;
      }
    }
    while (heldBytes > maxHeldBytes) {
      Generation oldest = oldestHeld();
      if (oldest == null) {
        break;
      }
      reaper.letGo(oldest, now);
      if (oldest.isHeld()) {
        // Whether it is gone for good shows the next scan.
        break;
      }
      heldBytes -= oldest.sizeBytes();
    }
    metrics.followed(open);
    metrics.unreadable(troubled);
    metrics.held(heldBytes);
  }

  /// Has the next poll look at all folders and at all files. Reading thread.
  public void lookAtAll() {
    long now = clock.nanoTime();
    nextScanNanos = now;
    for (RotationSet rotationSet : fileSet.rotationSets()) {
      for (Generation generation : rotationSet.generations()) {
        generation.dueNanos = now;
      }
    }
    schedule.dueAt(now, now);
  }

  /// The process ends for good: what is left of deleted files is lost with our handles, and is
  /// counted. To be called until nothing happens any more. Reading thread.
  public List<FileEvent> abandon() {
    long now = clock.nanoTime();
    for (RotationSet rotationSet : fileSet.rotationSets()) {
      for (Generation generation : List.copyOf(rotationSet.generations())) {
        if (generation.isLetGo()) {
          reaper.gone(generation);
        }
      }
    }
    for (int look = 0; look < 2; look++) {
      Set<Path> folders = new HashSet<>();
      for (Generation generation : held()) {
        folders.add(generation.rotationSet().folder());
      }
      discovery.scan(folders, now);
    }
    for (Generation generation : held()) {
      reaper.letGo(generation, now);
    }
    return takeEvents();
  }

  private List<Generation> held() {
    List<Generation> held = new ArrayList<>();
    for (RotationSet rotationSet : fileSet.rotationSets()) {
      for (Generation generation : rotationSet.generations()) {
        if (generation.isHeld()) {
          held.add(generation);
        }
      }
    }
    return held;
  }

  private @Nullable Generation oldestHeld() {
    Generation oldest = null;
    for (RotationSet rotationSet : fileSet.rotationSets()) {
      for (Generation generation : rotationSet.generations()) {
        if (generation.isHeld()
            && (oldest == null || generation.missingSinceNanos - oldest.missingSinceNanos < 0)) {
          oldest = generation;
        }
      }
    }
    return oldest;
  }

  private void publish() {
    if (fileSet.takeChanged()) {
      List<Generation> all = new ArrayList<>();
      for (RotationSet rotationSet : fileSet.rotationSets()) {
        all.addAll(rotationSet.generations());
      }
      view = List.copyOf(all);
    }
  }

  /// Waits until something is due, at most `max`. What inotify reports is looked at once in
  /// `pollInterval`, at its ticks. Returns at once when [#wakeup] was called, or the thread is
  /// interrupted; its interrupt stays set.
  public void await(Duration max) {
    long tick = schedule.tickWithin(0, polledNanos);
    long due = schedule.earliestDueNanos() - tick < 0 ? schedule.earliestDueNanos() : tick;
    long waitNanos = Math.min(max.toNanos(), due - clock.nanoTime());
    try {
      if (waitNanos > 0 && wakeups.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)) {
        wakeups.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Makes what was deferred readable with the next poll.
  public void resume() {
    resumed.set(true);
  }

  /// Ends [#await], and makes what was deferred readable with the next poll.
  public void wakeup() {
    resume();
    wakeups.release();
  }

  /// All generations that are known, what can't be read, and what is ignored.
  public List<FileStatus> status() {
    List<FileStatus> status = new ArrayList<>();
    for (Generation generation : view) {
      status.add(generation.status());
    }
    status.addAll(unreadable);
    status.addAll(ignored);
    return status;
  }

  /// Of [#status], what can't be read: those files and folders of which it is not known what they
  /// hold.
  public List<FileStatus> unreadable() {
    List<FileStatus> found = new ArrayList<>(unreadable);
    for (Generation generation : view) {
      if (!generation.trouble.isEmpty()) {
        found.add(generation.status());
      }
    }
    return found;
  }

  /// Whether the last scan has found no file that `tail.paths` matches.
  public boolean matchesNothing() {
    return matchesNothing;
  }

  /// How often all folders were looked at.
  public long scansCompleted() {
    return scansCompleted.get();
  }

  /// Up to when it is known what stands in the folders, milliseconds since the epoch: when the last
  /// complete scan began, or when inotify was asked last, where it reports everything. Empty before
  /// the first scan.
  public OptionalLong foldersKnownEpochMillis() {
    return scansCompleted.get() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(foldersKnownEpochMillis);
  }

  @Override
  public void close() {
    decompression.close();
    fileSet.close();
    watch.close();
  }
}
