package dev.longshore.agent.tail;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
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

/// The duty cycle of the reading thread: finds files, reads each its share, and says when there is
/// something to do again. It has no thread of its own; one thread calls [#start], [#turn], [#await]
/// and [#close], any thread the rest.
///
/// Each turn visits every log; what it does there is decided by that log's own due times, so a turn
/// with nothing to do costs a comparison for each file.
public final class Tail implements AutoCloseable {

  /// TailLog about one file are not repeated more often.
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

  private final Clock clock;
  private final TailMetrics metrics;
  private final DirectoryWatch watch;
  private final TailLog tailLog;
  private final FileSet fileSet;
  private final Discovery discovery;
  private final ReadSchedule schedule = new ReadSchedule();
  private final FileReaper reaper;
  private final RotationReader reading;
  private final long pollNanos;
  private final long rescanNanos;
  private final long maxHeldBytes;
  private final Semaphore wakeups = new Semaphore(0);

  // Owned by the reading thread.
  private final Set<Path> dirty = new HashSet<>();
  private long nextScanNanos;
  private long dueNanos;

  // Written by the reading thread.
  private final AtomicBoolean resumed = new AtomicBoolean();
  private final AtomicLong scansCompleted = new AtomicLong();
  private volatile long lastScanStartedEpochMillis;
  private volatile List<Generation> view = List.of();
  private volatile List<FileStatus> unreadable = List.of();

  /// @param listener what takes the bytes
  /// @throws IllegalArgumentException when a pattern of `tail.paths` can't be read
  public Tail(TailConfig config, Clock clock, TailListener listener, TailMetrics metrics) {
    this(
        config,
        clock,
        listener,
        metrics,
        () -> FileSystems.getDefault().newWatchService(),
        Discovery::names);
  }

  Tail(
      TailConfig config,
      Clock clock,
      TailListener listener,
      TailMetrics metrics,
      DirectoryWatch.Opener opener,
      Discovery.Lister lister) {
    this.clock = clock;
    this.metrics = metrics;
    Limited limited = new Limited(LoggerFactory.getLogger(Tail.class), clock, WARNING_INTERVAL);
    tailLog = new TailLog(limited);
    watch = new DirectoryWatch(opener, limited, metrics);
    fileSet = new FileSet(listener, metrics, tailLog);
    discovery = new Discovery(new PathGlobs(config.paths()), watch, fileSet, tailLog, lister);
    reaper =
        new FileReaper(
            fileSet, listener, metrics, tailLog, schedule, config.rotateGrace().toNanos());
    reading =
        new RotationReader(
            config, fileSet, tailLog, schedule, new ReadSlice(listener, metrics), reaper);
    pollNanos = config.pollInterval().toNanos();
    rescanNanos = config.rescanInterval().toNanos();
    maxHeldBytes = config.maxHeld().bytes();
  }

  /// Makes the first turn look at everything, and watch it.
  public void start() {
    nextScanNanos = clock.nanoTime();
    dueNanos = nextScanNanos;
  }

  /// One duty cycle: what has come or gone, then a share of each file that has something.
  ///
  /// @return how many bytes the listener has consumed
  public int turn() {
    long now = clock.nanoTime();
    discover(now);
    boolean retryPaused = resumed.getAndSet(false);
    schedule.begin(now + pollNanos);
    int consumed = 0;
    List<RotationSet> all = fileSet.rotationSet();
    for (int i = 0; i < all.size(); i++) {
      consumed += reading.turn(all.get(i), now, retryPaused);
    }
    hold(now);
    publish();
    dueNanos = schedule.earliestDueNanos();
    return consumed;
  }

  private void discover(long now) {
    boolean complete = watch.drain(dirty);
    discovery.repaired(dirty);
    schedule.takeFoldersToScan(dirty);
    if (!complete || now - nextScanNanos >= 0) {
      long startedEpochMillis = clock.epochMillis();
      dirty.clear();
      discovery.scanAll(now);
      nextScanNanos = now + (watch.degraded() ? pollNanos : rescanNanos);
      lastScanStartedEpochMillis = startedEpochMillis;
      scansCompleted.incrementAndGet();
      metrics.scanned();
      unreadable = List.copyOf(tailLog.unreadable());
    } else if (!dirty.isEmpty()) {
      Set<Path> folders = Set.copyOf(dirty);
      dirty.clear();
      discovery.scan(folders, now);
      unreadable = List.copyOf(tailLog.unreadable());
    }
  }

  /// Lets the oldest deleted files go when all of them together are too much.
  private void hold(long now) {
    long heldBytes = 0;
    int open = 0;
    int troubled = unreadable.size();
    for (int i = 0; i < fileSet.rotationSet().size(); i++) {
      List<Generation> generations = fileSet.rotationSet().get(i).generations();
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
      if (oldest.isOpen()) {
        // Whether it is gone for good shows the next scan.
        break;
      }
      heldBytes -= oldest.sizeBytes();
    }
    metrics.followed(open);
    metrics.unreadable(troubled);
    metrics.held(heldBytes);
  }

  /// Has the next turn look at all folders and at all files. Reading thread.
  public void lookAtAll() {
    long now = clock.nanoTime();
    nextScanNanos = now;
    for (RotationSet rotationSet : fileSet.rotationSet()) {
      for (Generation generation : rotationSet.generations()) {
        generation.dueNanos = now;
      }
    }
  }

  /// The process ends for good: what is left of deleted files is lost with our handles, and is
  /// counted. Reading thread.
  public void abandon() {
    long now = clock.nanoTime();
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
  }

  private List<Generation> held() {
    List<Generation> held = new ArrayList<>();
    for (RotationSet rotationSet : fileSet.rotationSet()) {
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
    for (RotationSet rotationSet : fileSet.rotationSet()) {
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
      for (RotationSet rotationSet : fileSet.rotationSet()) {
        all.addAll(rotationSet.generations());
      }
      view = List.copyOf(all);
    }
  }

  /// Waits until something is due, at most `max`. What inotify reports is looked at once in
  /// `pollInterval`. Returns at once when [#wakeup] was called, or the thread is interrupted; its
  /// interrupt stays set.
  public void await(Duration max) {
    long waitNanos = Math.min(max.toNanos(), dueNanos - clock.nanoTime());
    try {
      if (waitNanos > 0 && wakeups.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)) {
        wakeups.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Has what was paused offered again in the next turn.
  public void resume() {
    resumed.set(true);
  }

  /// Ends [#await], and has what was paused offered again in the next turn.
  public void wakeup() {
    resume();
    wakeups.release();
  }

  /// All generations that are known, and the files that can't be opened.
  public List<FileStatus> status() {
    List<FileStatus> status = new ArrayList<>();
    for (Generation generation : view) {
      status.add(generation.status());
    }
    status.addAll(unreadable);
    return status;
  }

  /// How often all folders were looked at.
  public long scansCompleted() {
    return scansCompleted.get();
  }

  /// When the last complete scan began, milliseconds since the epoch; empty before the first.
  public OptionalLong lastScanStartedEpochMillis() {
    return scansCompleted.get() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(lastScanStartedEpochMillis);
  }

  @Override
  public void close() {
    fileSet.close();
    try {
      watch.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the inotify watch", e);
    }
  }
}
