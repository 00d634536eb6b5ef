package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.buffer.UnreadableBlock;
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
import dev.longshore.agent.pipeline.Decision.Admit;
import dev.longshore.agent.pipeline.Decision.Wait;
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
/// queue has committed.
final class Ingester implements TailListener {
  private static final Wait STOPPING = new Wait(PauseReason.STOPPING, "the agent is stopping");

  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(10);

  /// Progress of files that nobody has seen for that long is forgotten: they were deleted while no
  /// agent ran. Till then, a folder that was not mounted may come back.
  private static final Duration UNSEEN = Duration.ofHours(1);

  private final FrameConfig frameConfig;
  private final FrameMetrics frameMetrics;
  private final Ledger ledger;
  private final MetadataResolver metadataResolver;
  private final Admission admission;
  private final RateLimits rateLimits;
  private final RecordMemory memory;
  private final BlockAppender appender;
  private final PendingMultiline pendingMultiline;
  private final ContainerLifecycle containers;
  private final Clock clock;
  private final Metadata metadata;
  private final Limited warnings;

  private final Map<GenerationId, Position> recovered = new HashMap<>();

  /// Written by the reading thread, read by the status page too.
  private final Map<GenerationId, FileState> files = new ConcurrentHashMap<>();

  private final Block scratch = new Block(256 << 10);
  private final long startedNanos;
  private boolean draining;

  /// @param over whether nothing may be waited for any more
  Ingester(
      FrameConfig frameConfig,
      FrameMetrics frameMetrics,
      Duration pollInterval,
      Duration metadataWait,
      Buffer buffer,
      Metadata metadata,
      Snapshots snapshots,
      FairShare fairShare,
      RecordMemory memory,
      Ledger ledger,
      BooleanSupplier over,
      Clock clock,
      Limited warnings) {
    this.frameConfig = frameConfig;
    this.frameMetrics = frameMetrics;
    this.ledger = ledger;
    this.metadataResolver =
        new MetadataResolver(metadata, snapshots, metadataWait, frameConfig.multiline(), clock);
    this.rateLimits = new RateLimits(warnings);
    this.memory = memory;
    this.admission =
        new Admission(buffer, fairShare, metadataResolver, rateLimits, memory, clock, warnings);
    this.containers = new ContainerLifecycle(ledger, metadata);
    this.metadata = metadata;
    this.appender = new BlockAppender(buffer, files, over, clock, warnings);
    this.pendingMultiline =
        new PendingMultiline(
            frameConfig,
            pollInterval,
            appender,
            memory,
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
    containers.hasRecords(container);
  }

  /// A round over all files begins.
  void begin() {
    admission.measure();
    if (memory.isPressed()) {
      giveUpLargest();
    }
  }

  private void giveUpLargest() {
    FileState largest = null;
    for (FileState state : files.values()) {
      if (state.canBeReadAgain()
          && !memory.isFavoured(state)
          && state.recordBytes > (largest == null ? 0 : largest.recordBytes)) {
        largest = state;
      }
    }
    if (largest != null) {
      giveUpMemory(largest);
    }
  }

  /// Whether a file waits for nothing but room that shipping makes.
  boolean awaitsShipping() {
    return admission.awaitsShipping();
  }

  @Override
  public @Nullable Position committed(GenerationId generation) {
    FileState known = files.get(generation);
    return known == null ? recovered.get(generation) : known.committed();
  }

  @Override
  public long opened(TailedFile file) {
    FileState known = files.get(file.id());
    Position committed =
        known == null
            ? recovered.getOrDefault(file.id(), Position.start(file.id()))
            : known.committed();
    Position resume =
        committed.resumeAt() >= file.textOffset()
            ? committed
            : new Position(file.id(), file.textOffset(), file.textOffset());
    containers.came(file.container());
    FileState state = new FileState(file, ledger.account(file.container()), resume, PodRules.NONE);
    file.attach(state);
    files.put(file.id(), state);
    admission.came(state);
    return resume.resumeAt();
  }

  @Override
  public int admit(TailedFile file) {
    FileState state = FileState.of(file);
    Decision decision =
        draining && !pendingMultiline.isOpenIn(state) && !file.isDeleted()
            ? STOPPING
            : admission.decide(state);
    return switch (decision) {
      case Admit(int maxBytes) -> {
        state.waiting = null;
        yield maxBytes;
      }
      case Wait wait -> {
        state.waiting = wait;
        if (wait.reason() != PauseReason.MEMORY && memory.isInTheWay(state)) {
          giveUpMemory(state);
        }
        yield 0;
      }
    };
  }

  @Override
  public int read(TailedFile file, byte[] bytes, int from, int length, long offset, boolean atEnd) {
    FileState state = FileState.of(file);
    try {
      int skipped = state.framer == null ? state.skipped(bytes, from, length, offset) : 0;
      if (skipped == length && length > 0) {
        return length;
      }
      Framer framer = framer(state);
      framer.rateLimiter(rateLimits.dropping(state));
      int framed =
          framer.feed(
              bytes,
              from + skipped,
              length - skipped,
              offset + skipped,
              atEnd,
              clock.nanoTime(),
              scratch,
              appender.of(state));
      if (!account(state, framer)) {
        giveUpMemory(state);
        return PAUSED;
      }
      admission.passed(state, framed);
      state.offered(skipped + framed < length ? offset + length : 0);
      return skipped + framed;
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      startOver(state, e);
      return PAUSED;
    }
  }

  private Framer framer(FileState state) {
    Framer framer = state.framer;
    if (framer == null) {
      framer = new Framer(frameConfig, metadataResolver.frameRules(state), frameMetrics);
      framer.begin(state.resume(), state.file.format());
      state.framer = framer;
    }
    return framer;
  }

  /// Books what was left out, keeps its progress, and remembers whether a group is open.
  ///
  /// @return false when there is no memory for what the file holds
  private boolean account(FileState state, Framer framer) {
    long dropped = framer.droppedRecords();
    if (dropped > 0) {
      // Noted first: what can't be noted is read, and counted, again.
      appender.commit(framer.position());
      state.account.filtered(dropped);
      rateLimits.account(state, framer);
    }
    FileState before = state.before;
    if (before != null && framer.previousPosition() == null) {
      state.before = null;
      before.continuedIn = null;
      if (dropped > 0 && files.get(before.file.id()) == before) {
        appender.commit(before.resume());
      }
    }
    pendingMultiline.note(state, framer);
    return memory.holds(state, framer);
  }

  /// Drops what is open of a file; it is read again from its committed position when there is
  /// memory for it.
  private void giveUpMemory(FileState state) {
    memory.gaveUp(state);
    pendingMultiline.forget(state);
    rewind(state);
  }

  /// A fault in one file's framing delays that file alone: it is read again from its last committed
  /// position, after a while.
  private void startOver(FileState state, RuntimeException cause) {
    warnings.warn(
        "framing " + state.file.path(),
        log -> {
          var _ =
              log.setCause(cause)
                  .addKeyValue("log.file.path", state.file.path())
                  .setMessage("a file could not be framed; it is tried again");
        });
    FileState before = state.before;
    if (before != null) {
      state.before = null;
      before.continuedIn = null;
      if (files.get(before.file.id()) == before) {
        rewind(before);
      }
    }
    state.framingFailed(
        clock.nanoTime() + AFTER_A_FAULT.toNanos(), String.valueOf(cause.getMessage()));
    pendingMultiline.forget(state);
    rewind(state);
  }

  /// Blocks of the queue turned out to be unreadable: what they held is read again, before anything
  /// else of their files is queued.
  void fallBack(List<Position> positions) {
    for (Position position : positions) {
      FileState state = files.get(position.generation());
      if (state != null) {
        state.fallBack(position);
        pendingMultiline.forget(state);
        rewind(state);
      } else {
        // Its file may still be found.
        recovered.replace(position.generation(), position);
      }
    }
  }

  /// Blocks of the queue turned out to be unreadable before anybody saw them: to the books, their
  /// records were not read yet.
  void unreadable(List<UnreadableBlock> blocks) {
    for (UnreadableBlock block : blocks) {
      Account account = ledger.account(block.container());
      containers.hasRecords(block.container());
      account.unread(block.records(), block.payloadBytes());
      if (block.lost()) {
        account.lost(block.payloadBytes());
      }
    }
  }

  private void rewind(FileState state) {
    memory.release(state);
    state.framer = null;
    state.offered(0);
    state.resumeFrom(state.committed());
    // What was queued of the bytes that are offered now is skipped when they come again.
    if (state.committed().resumeAt() < state.file.readOffset()) {
      state.file.rewind(state.committed().resumeAt());
    }
  }

  /// Does something with a file's framing; a fault delays that file alone.
  private void guarded(FileState state, Runnable work) {
    try {
      work.run();
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      startOver(state, e);
    }
  }

  /// Closes the groups for which waiting is over.
  ///
  /// @return when the next one is due, in [Clock#nanoTime], or [Long#MAX_VALUE]
  long closeDue() {
    return pendingMultiline.closeDue();
  }

  /// How long a group is waited for at the most.
  Duration longestGroup() {
    return pendingMultiline.longest();
  }

  /// All generations that are followed; of the reading thread.
  Collection<FileState> files() {
    return files.values();
  }

  /// Whether a group is still waited for.
  boolean hasOpenGroups() {
    return !pendingMultiline.isEmpty();
  }

  /// Whether a deleted file is not read to its end: no other run can read it.
  boolean hasDeletedUnread() {
    return files.values().stream().anyMatch(state -> state.file.isDeleted() && state.hasUnread());
  }

  /// From now on only those files are read in which a group is open, so that it can end, and those
  /// that are deleted.
  void drain() {
    draining = true;
  }

  /// How many files wait for this reason; any thread.
  int pausedFiles(PauseReason reason) {
    int files = 0;
    for (FileState state : this.files.values()) {
      Wait wait = state.waiting;
      files += wait != null && wait.reason() == reason ? 1 : 0;
    }
    // What stands in the middle of an append stops them all, and asks for none.
    return files == 0 && appender.blockedBy() == reason ? 1 : files;
  }

  /// A file for the status page; any thread.
  FileView view(FileStatus status) {
    GenerationId generation = status.generation();
    FileState state = generation == null ? null : files.get(generation);
    if (state == null) {
      return new FileView(status, null, "", null, false, PodRules.NONE);
    }
    Snapshot snapshot = state.snapshot;
    Wait wait = state.waiting;
    return new FileView(
        status,
        wait == null ? null : wait.reason(),
        wait == null ? "" : wait.detail(),
        snapshot == null ? null : snapshot.dataStream(),
        state.enriched(),
        state.rules);
  }

  @Override
  public void finished(TailedFile file, @Nullable TailedFile successor) {
    FileState state = FileState.of(file);
    state.finish();
    Framer framer = state.framer;
    if (framer == null) {
      return;
    }
    guarded(
        state,
        () -> {
          if (framer.hasOpen()
              && successor != null
              && framer.mayGoOnIn(successor.firstTimestampNanos())
              && successor.attachment() instanceof FileState next
              && next.framer == null) {
            pendingMultiline.handOver(state, framer, next);
          } else {
            pendingMultiline.end(state, framer);
            state.release();
          }
        });
  }

  @Override
  public void lost(TailedFile file, long bytes) {
    FileState.of(file).account.lost(bytes);
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
    if (!(file.attachment() instanceof FileState state)) {
      return;
    }
    pendingMultiline.closeWhatBeganIn(state);
    pendingMultiline.forget(state);
    if (unreadBytes > 0) {
      lost(file, unreadBytes);
    }
    files.remove(file.id(), state);
    admission.went(state);
    memory.forget(state);
    appender.forget(file.id());
    recovered.remove(file.id());
    containers.went(file.container());
  }

  /// Lets go of containers whose files are gone and whose records have all left the queue, and of
  /// the progress of files that did not come back. After the first scan.
  void settle() {
    containers.settle(admission::forget);
    appender.retryForgetting();
    if (!recovered.isEmpty() && clock.nanoTime() - startedNanos > UNSEEN.toNanos()) {
      for (GenerationId generation : recovered.keySet()) {
        if (!files.containsKey(generation)) {
          appender.forget(generation);
        }
      }
      recovered.clear();
    }
  }
}
