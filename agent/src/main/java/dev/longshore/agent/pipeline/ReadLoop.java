package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Gap;
import dev.longshore.agent.buffer.UnreadableBlock;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.pipeline.Decision.Admit;
import dev.longshore.agent.pipeline.Decision.Wait;
import dev.longshore.agent.pipeline.Framing.Framed;
import dev.longshore.agent.tail.FileEvent;
import dev.longshore.agent.tail.Slice;
import dev.longshore.agent.tail.Tail;
import dev.longshore.agent.tail.TailedFile;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import java.util.List;

/// What the reading thread does with each file, and the only owner of its state: polls the tail,
/// asks [Admission] whether a file may be read, reads a slice, and has it framed and queued.
///
/// A file's bytes count as read when their block is in the queue; whatever fails before that is
/// read again from the position that the queue has committed. A fault in one file's framing delays
/// that file alone. All state is the reading thread's.
final class ReadLoop {
  private static final Wait STOPPING = new Wait(PauseReason.STOPPING, "the agent is stopping");

  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(10);

  /// Progress of files that nobody has seen for that long is forgotten: they were deleted while no
  /// agent ran. Till then, a folder that was not mounted may come back.
  private static final Duration UNSEEN = Duration.ofHours(1);

  /// How often it is looked at what shipping has done while there is nothing to read: well before a
  /// container counts as one that goes nowhere.
  private static final Duration MEASURED_EVERY = Duration.ofSeconds(1);

  private final Tail tail;
  private final FileStates files;
  private final Admission admission;
  private final Framing framing;
  private final PendingMultiline pending;
  private final RecordMemory memory;
  private final BlockAppender appender;
  private final Ledger ledger;
  private final Metadata metadata;
  private final ContainerLifecycle containers;
  private final CopiedFiles copies = new CopiedFiles();
  private final SaltNotes notes;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final long startedNanos;
  private long measuredNanos;
  private boolean draining;

  ReadLoop(
      Tail tail,
      FileStates files,
      Admission admission,
      Framing framing,
      PendingMultiline pending,
      RecordMemory memory,
      BlockAppender appender,
      Ledger ledger,
      Metadata metadata,
      Clock clock,
      RateLimitedLogger warnings) {
    this.tail = tail;
    this.files = files;
    this.notes = new SaltNotes(files);
    this.admission = admission;
    this.framing = framing;
    this.pending = pending;
    this.memory = memory;
    this.appender = appender;
    this.ledger = ledger;
    this.metadata = metadata;
    this.containers = new ContainerLifecycle(ledger, metadata);
    this.clock = clock;
    this.warnings = warnings;
    this.startedNanos = clock.nanoTime();
    this.measuredNanos = startedNanos;
  }

  /// An earlier run left records of the container in the queue: its account is closed with them,
  /// unless it has files. Before the reading thread starts.
  void recovered(ContainerRef container) {
    containers.hasRecords(container);
  }

  /// One round over all files that are due.
  ///
  /// @return how many bytes were read
  int turn() {
    if (memory.isPressed()) {
      giveUpLargest();
    }
    List<FileEvent> events = tail.poll();
    long now = clock.nanoTime();
    if (!events.isEmpty() || now - measuredNanos >= MEASURED_EVERY.toNanos()) {
      admission.measure();
      measuredNanos = now;
    }
    return handle(events);
  }

  private int handle(List<FileEvent> events) {
    int bytes = 0;
    for (FileEvent event : events) {
      switch (event) {
        case FileEvent.Appeared appeared -> appeared(appeared.file(), appeared.resume());
        case FileEvent.HasBytes readable -> bytes += read(files.of(readable.file()));
        case FileEvent.Finished finished -> finished(finished);
        case FileEvent.Copied copied -> copies.found(files.of(copied.file()), copied.copy());
        case FileEvent.Lost lost -> lost(files.of(lost.file()), lost.bytes());
        case FileEvent.Gone gone -> gone(files.of(gone.file()), gone.unreadBytes());
      }
    }
    return bytes;
  }

  private void appeared(TailedFile file, Position resume) {
    Account account = ledger.account(file.container());
    FileState state = new FileState(file, account, resume, PodRules.NONE);
    containers.came(file.container());
    files.add(state);
    admission.came(state);
    notes.appeared(state);
  }

  /// @return how many bytes were read
  private int read(FileState state) {
    TailedFile file = state.file;
    switch (mayRead(state)) {
      case Admit() -> state.waiting = null;
      case Wait wait -> {
        state.waiting = wait;
        if (wait.reason() != PauseReason.MEMORY && memory.isInTheWay(state)) {
          giveUpMemory(state);
        }
        tail.defer(file);
        return 0;
      }
    }
    Slice slice = tail.read(file);
    if (slice == null) {
      return 0;
    }
    try {
      switch (framing.feed(state, slice)) {
        case Framed.Taken(int bytes, int framedBytes) -> {
          admission.passed(state, framedBytes);
          tail.consumed(file, bytes);
          return bytes;
        }
        case Framed.OutOfMemory() -> giveUpMemory(state);
      }
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      startOver(state, e);
    }
    tail.defer(file);
    return 0;
  }

  private Decision mayRead(FileState state) {
    return draining && !pending.isOpenIn(state) && !state.file.isDeleted()
        ? STOPPING
        : admission.decide(state);
  }

  private void finished(FileEvent.Finished event) {
    FileState state = files.of(event.file());
    TailedFile successor = event.successor();
    FileState next = successor == null ? null : files.find(successor.id());
    guarded(state, () -> framing.finish(state, next));
  }

  private void lost(FileState state, long bytes) {
    TailedFile file = state.file;
    state.account.lost(bytes);
    metadata.lost(file.container(), file.path(), bytes);
    warnings.warn(
        "lost " + file.container(),
        log ->
            log.addKeyValue("path", file.path())
                .addKeyValue("kubernetes.namespace", file.container().namespace())
                .addKeyValue("kubernetes.pod.name", file.container().pod())
                .addKeyValue("lostBytes", bytes)
                .setMessage("a part of a log was deleted before it was read"));
  }

  private void gone(FileState state, long unreadBytes) {
    try {
      framing.closeWhatBeganIn(state);
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      warn(state, e, "the end of a deleted file could not be framed");
    }
    pending.forget(state);
    if (unreadBytes > 0) {
      lost(state, unreadBytes);
    }
    files.remove(state);
    admission.went(state);
    memory.forget(state);
    copies.gone(state, appender::forget);
    notes.gone(state, appender::forget);
    appender.forget(state.file.id());
    containers.went(state.file.container());
  }

  /// Closes the groups for which waiting is over.
  void closeDue() {
    long readNanos = pending.readNanos(tail.askedNanos());
    for (FileState state : pending.due(readNanos)) {
      guarded(state, () -> framing.closeDue(state, readNanos));
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

  /// A fault in one file's framing delays that file alone: it is read again from its last committed
  /// position, after a while.
  private void startOver(FileState state, RuntimeException cause) {
    warn(state, cause, "a file could not be framed; it is tried again");
    FileState before = state.before;
    if (before != null) {
      state.detachFromBefore();
      if (files.contains(before)) {
        rewind(before);
      }
    }
    state.framingFailed(
        clock.nanoTime() + AFTER_A_FAULT.toNanos(), String.valueOf(cause.getMessage()));
    rewind(state);
  }

  private void warn(FileState state, RuntimeException cause, String message) {
    warnings.warn(
        "framing " + state.file.path(),
        log -> log.setCause(cause).addKeyValue("path", state.file.path()).setMessage(message));
  }

  private void giveUpLargest() {
    FileState largest = null;
    for (FileState state : files.all()) {
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

  /// Drops what is open of a file; it is read again from its committed position when there is
  /// memory for it.
  private void giveUpMemory(FileState state) {
    memory.gaveUp(state);
    rewind(state);
  }

  private void rewind(FileState state) {
    pending.forget(state);
    memory.release(state);
    state.framer = null;
    state.offered(0);
    state.resumeFrom(state.committed());
    // What was queued of the bytes that are read next is skipped when they come again.
    if (state.committed().resumeAt() < state.file.readOffset()) {
      tail.rewind(state.file, state.committed().resumeAt());
    }
  }

  /// Blocks of the queue turned out to be unreadable: what they held is read again, before anything
  /// else of their files is queued.
  void fallBack(List<Position> positions) {
    for (Position position : positions) {
      FileState state = files.find(position.generation());
      if (state != null) {
        state.fallBack(position);
        copies.fellBack(state, appender::forget);
        rewind(state);
      } else {
        // Its file may still be found.
        files.fallBack(position);
      }
    }
  }

  /// Blocks of the queue turned out to be unreadable before anybody saw them: to the ledger, their
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

  /// Lets go of containers whose files are gone and whose records have all left the queue, and of
  /// the progress of files that did not come back. After the first scan.
  void settle() {
    containers.settle(admission::forget);
    appender.commit(copies, notes);
    appender.retryForgetting();
    if (files.hasUnclaimed() && clock.nanoTime() - startedNanos > UNSEEN.toNanos()) {
      files.takeUnclaimed().forEach(this::giveUp);
    }
  }

  /// The log of an earlier run did not come back: what the queue has lost of it can't be read
  /// again.
  private void giveUp(GenerationId generation) {
    Gap gap = appender.gapOf(generation);
    if (gap != null) {
      containers.hasRecords(gap.container());
      ledger.account(gap.container()).lost(gap.bytes());
      warnings.warn(
          "gap " + generation,
          log -> {
            var _ =
                log.setMessage(
                        "logs were lost: the buffer was damaged, and the file that it had them of"
                            + " is gone")
                    .addKeyValue("container", gap.container())
                    .addKeyValue("generation", generation)
                    .addKeyValue("lostBytes", gap.bytes());
          });
    }
    appender.forget(generation);
  }

  /// From now on only those files are read in which a group is open, so that it can end, and those
  /// that are deleted.
  void drain() {
    draining = true;
  }

  /// Whether a group is still waited for.
  boolean hasOpenGroups() {
    return !pending.isEmpty();
  }

  /// Whether a deleted file is not read to its end: no other run can read it.
  boolean hasDeletedUnread() {
    return files.all().stream().anyMatch(state -> state.file.isDeleted() && state.hasUnread());
  }

  /// The end of the last turn: what could not be read any more is counted as lost.
  void abandon() {
    for (List<FileEvent> events = tail.abandon(); !events.isEmpty(); events = tail.abandon()) {
      var _ = handle(events);
    }
    appender.commit(copies, notes);
  }
}
