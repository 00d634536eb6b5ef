package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.buffer.GivenUp;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.tail.FileStatus;
import dev.longshore.agent.tail.TailListener;
import dev.longshore.agent.tail.TailedFile;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What the reading thread does with the bytes of a file: wait for metadata, frame, queue.
///
/// All state is the reading thread's, but for what [#view] shows. A file's bytes count as read when
/// their block is in the queue; whatever fails before that is read again from the position that the
/// queue states.
final class Reading implements TailListener {
  /// Tail's answer when nothing was taken.
  private static final int PAUSED = -1;

  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(10);

  /// Progress of files that nobody has seen for that long is forgotten: they were deleted while no
  /// agent ran. Till then, a folder that was not mounted may come back.
  private static final Duration UNSEEN = Duration.ofHours(1);

  private final FrameConfig frameConfig;
  private final FrameMetrics frameMetrics;
  private final Ledger ledger;
  private final Descriptions descriptions;
  private final Gate gate;
  private final Rations rations;
  private final Outlet outlet;
  private final OpenGroups groups;
  private final Presence presence;
  private final Clock clock;
  private final Metadata metadata;
  private final Limited warnings;

  private final Map<GenerationId, Position> recovered = new HashMap<>();

  /// Written by the reading thread, read by the status page too.
  private final Map<GenerationId, Feed> feeds = new ConcurrentHashMap<>();

  private final Block scratch = new Block(256 << 10);
  private final long startedNanos;
  private boolean draining;

  /// @param over whether nothing may be waited for any more
  Reading(
      FrameConfig frameConfig,
      FrameMetrics frameMetrics,
      Duration pollInterval,
      Duration metadataWait,
      Buffer buffer,
      Metadata metadata,
      Snapshots snapshots,
      Shares shares,
      Ledger ledger,
      BooleanSupplier over,
      Clock clock,
      Limited warnings) {
    this.frameConfig = frameConfig;
    this.frameMetrics = frameMetrics;
    this.ledger = ledger;
    this.descriptions =
        new Descriptions(metadata, snapshots, metadataWait, frameConfig.multiline(), clock);
    this.gate = new Gate(buffer, shares, descriptions, clock, warnings);
    this.rations = new Rations(warnings);
    this.presence = new Presence(ledger, metadata);
    this.metadata = metadata;
    this.outlet = new Outlet(buffer, feeds, over, clock, warnings);
    this.groups =
        new OpenGroups(
            frameConfig,
            pollInterval,
            outlet,
            scratch,
            this::account,
            this::guarded,
            clock,
            warnings);
    this.clock = clock;
    this.warnings = warnings;
    this.startedNanos = clock.nanoTime();
    for (Position position : buffer.positions()) {
      recovered.put(position.generation(), position);
    }
  }

  /// An earlier run left records of the container in the queue: its books are closed with them,
  /// unless it has files. Before the reading thread starts.
  void recovered(ContainerRef container) {
    presence.recovered(container);
  }

  /// A round over all files begins.
  void begin() {
    gate.measure();
  }

  /// Whether a file waits for nothing but room that shipping makes.
  boolean awaitsShipping() {
    return gate.awaitsShipping();
  }

  @Override
  public long opened(TailedFile file) {
    Feed known = feeds.get(file.id());
    Position resume =
        known == null
            ? recovered.getOrDefault(file.id(), Position.start(file.id()))
            : known.stated();
    presence.came(file.container());
    Feed feed = new Feed(file, ledger.account(file.container()), resume, PodRules.NONE);
    file.attach(feed);
    feeds.put(file.id(), feed);
    gate.came(feed);
    return resume.resumeAt();
  }

  @Override
  public boolean accepts(TailedFile file) {
    Feed feed = Feed.of(file);
    feed.waiting =
        draining && !groups.isOpenIn(feed) && !file.isDeleted()
            ? "the agent ends"
            : gate.closed(feed);
    return feed.waiting.isEmpty();
  }

  @Override
  public int read(TailedFile file, byte[] bytes, int from, int length, long offset, boolean atEnd) {
    Feed feed = Feed.of(file);
    if (!accepts(file)) {
      return PAUSED;
    }
    try {
      int skipped = feed.framer == null ? feed.skipped(bytes, from, length, offset) : 0;
      if (skipped == length && length > 0) {
        return length;
      }
      Framer framer = framer(feed);
      framer.ration(rations.of(feed));
      int framed =
          framer.feed(
              bytes,
              from + skipped,
              length - skipped,
              offset + skipped,
              atEnd,
              clock.nanoTime(),
              scratch,
              outlet.of(feed));
      account(feed, framer);
      gate.passed(feed, framed);
      feed.offered(skipped + framed < length ? offset + length : 0);
      return skipped + framed;
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      startOver(feed, e);
      return PAUSED;
    }
  }

  private Framer framer(Feed feed) {
    Framer framer = feed.framer;
    if (framer == null) {
      framer = new Framer(frameConfig, descriptions.frameRules(feed), frameMetrics);
      framer.begin(feed.resume(), feed.file.format());
      feed.framer = framer;
    }
    return framer;
  }

  /// Books what was left out, keeps its progress, and remembers whether a group is open.
  private void account(Feed feed, Framer framer) {
    long dropped = framer.droppedRecords();
    if (dropped > 0) {
      // Noted first: what can't be noted is read, and counted, again.
      outlet.state(framer.position());
      feed.account.filtered(dropped);
      rations.account(feed, framer);
    }
    Feed before = feed.before;
    if (before != null && framer.previousPosition() == null) {
      feed.before = null;
      before.continuedIn = null;
      if (dropped > 0 && feeds.get(before.file.id()) == before) {
        outlet.state(before.resume());
      }
    }
    groups.note(feed, framer);
  }

  /// A fault in one file's framing delays that file alone: it is read again from its last stated
  /// position, after a while.
  private void startOver(Feed feed, RuntimeException cause) {
    warnings.warn(
        "framing " + feed.file.path(),
        log -> {
          var _ =
              log.setCause(cause)
                  .addKeyValue("log.file.path", feed.file.path())
                  .setMessage("a file could not be framed; it is tried again");
        });
    Feed before = feed.before;
    if (before != null) {
      feed.before = null;
      before.continuedIn = null;
      if (feeds.get(before.file.id()) == before) {
        rewind(before);
      }
    }
    feed.holdUntil(clock.nanoTime() + AFTER_A_FAULT.toNanos(), String.valueOf(cause.getMessage()));
    groups.forget(feed);
    rewind(feed);
  }

  /// Blocks of the queue turned out to be unreadable: what they held is read again, before anything
  /// else of their files is queued.
  void fallBack(List<Position> positions) {
    for (Position position : positions) {
      Feed feed = feeds.get(position.generation());
      if (feed != null) {
        feed.fallBack(position);
        groups.forget(feed);
        rewind(feed);
      } else {
        // Its file may still be found.
        recovered.replace(position.generation(), position);
      }
    }
  }

  /// Blocks of the queue turned out to be unreadable before anybody saw them: to the books, their
  /// records were not read yet.
  void givenUp(List<GivenUp> blocks) {
    for (GivenUp block : blocks) {
      Account account = ledger.account(block.container());
      account.unread(block.records(), block.payloadBytes());
      if (block.lost()) {
        account.lost(block.payloadBytes());
      }
    }
  }

  private static void rewind(Feed feed) {
    feed.framer = null;
    feed.resumeFrom(feed.stated());
    // What was queued of the bytes that are offered now is skipped when they come again.
    if (feed.stated().resumeAt() < feed.file.readOffset()) {
      feed.file.rewind(feed.stated().resumeAt());
    }
  }

  /// Does something with a file's framing; a fault delays that file alone.
  private void guarded(Feed feed, Runnable work) {
    try {
      work.run();
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      startOver(feed, e);
    }
  }

  /// Closes the groups for which waiting is over.
  ///
  /// @return when the next one is due, in [Clock#nanoTime], or [Long#MAX_VALUE]
  long closeDue() {
    return groups.closeDue();
  }

  /// How long a group is waited for at the most.
  Duration longestGroup() {
    return groups.longest();
  }

  /// All generations that are followed; of the reading thread.
  Collection<Feed> feeds() {
    return feeds.values();
  }

  /// Whether a group is still waited for.
  boolean hasOpenGroups() {
    return !groups.isEmpty();
  }

  /// Whether a deleted file is not read to its end: no other run can read it.
  boolean hasDeletedUnread() {
    return feeds.values().stream().anyMatch(feed -> feed.file.isDeleted() && feed.hasUnread());
  }

  /// From now on only those files are read in which a group is open, so that it can end, and those
  /// that are deleted.
  void drain() {
    draining = true;
  }

  /// A file for the status page; any thread.
  FileView view(FileStatus status) {
    GenerationId generation = status.generation();
    Feed feed = generation == null ? null : feeds.get(generation);
    if (feed == null) {
      return new FileView(status, "", null, false, PodRules.NONE);
    }
    Snapshot snapshot = feed.snapshot;
    return new FileView(
        status,
        feed.waiting,
        snapshot == null ? null : snapshot.dataStream(),
        feed.enriched(),
        feed.rules);
  }

  @Override
  public void finished(TailedFile file, @Nullable TailedFile successor) {
    Feed feed = Feed.of(file);
    feed.finish();
    Framer framer = feed.framer;
    if (framer == null) {
      return;
    }
    guarded(
        feed,
        () -> {
          if (framer.hasOpen()
              && successor != null
              && framer.mayGoOnIn(successor.firstTimestampNanos())
              && successor.attachment() instanceof Feed next
              && next.framer == null) {
            groups.handOver(feed, framer, next);
          } else {
            groups.end(feed, framer);
            feed.release();
          }
        });
  }

  @Override
  public void lost(TailedFile file, long bytes) {
    Feed.of(file).account.lost(bytes);
    metadata.lost(file.container(), file.path(), bytes);
    warnings.warn(
        "lost " + file.container(),
        log -> {
          var _ =
              log.addKeyValue("log.file.path", file.path())
                  .addKeyValue("kubernetes.namespace", file.container().namespace())
                  .addKeyValue("kubernetes.pod.name", file.container().pod())
                  .addKeyValue("lost.bytes", bytes)
                  .setMessage("a part of a log was deleted before it was read");
        });
  }

  @Override
  public void gone(TailedFile file, long unreadBytes) {
    if (!(file.attachment() instanceof Feed feed)) {
      return;
    }
    groups.closeWhatBeganIn(feed);
    groups.forget(feed);
    if (unreadBytes > 0) {
      lost(file, unreadBytes);
    }
    feeds.remove(file.id(), feed);
    gate.went(feed);
    outlet.forget(file.id());
    recovered.remove(file.id());
    if (presence.went(file.container())) {
      gate.forget(file.container());
      rations.forget(file.container());
    }
  }

  /// Lets go of containers whose files are gone and whose records have all left the queue, and of
  /// the progress of files that did not come back. After the first scan.
  void settle() {
    presence.settle();
    if (!recovered.isEmpty() && clock.nanoTime() - startedNanos > UNSEEN.toNanos()) {
      for (GenerationId generation : recovered.keySet()) {
        if (!feeds.containsKey(generation)) {
          outlet.forget(generation);
        }
      }
      recovered.clear();
    }
  }
}
