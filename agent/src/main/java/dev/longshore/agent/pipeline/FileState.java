package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.tail.TailedFile;
import org.jspecify.annotations.Nullable;

/// What the reading thread keeps for one file generation: its framing, its metadata and why it
/// waits. Owned by the reading thread; what the status page shows is volatile.
final class FileState {
  private static final long NOT_YET = Long.MIN_VALUE;

  final TailedFile file;
  final Account account;

  /// Absent until the metadata says how to frame, after its state was handed to the successor, and
  /// when all was framed.
  @Nullable Framer framer;

  volatile @Nullable Snapshot snapshot;
  volatile PodRules rules;

  /// Why it was not read when it was its turn last, or null when it was.
  volatile Decision.@Nullable Wait waiting;

  /// The generation before, while a record that began there goes on here.
  @Nullable FileState before;

  /// The next generation, to which the framing of an open record was handed.
  @Nullable FileState continuedIn;

  /// What its open and long records hold of the budget.
  long recordBytes;

  /// What they need at least, where there was no memory for them.
  long wantedRecordBytes;

  private volatile boolean enriched;
  private Position resume;
  private Position committed;
  private long metadataVersion = NOT_YET;
  private long waitingSinceNanos = NOT_YET;
  private long heldUntilNanos = NOT_YET;
  private String heldReason = "";
  private boolean finished;
  private boolean nulNamed;
  private long askedNanos = NOT_YET;

  /// Up to where bytes were read of which the last were not taken: a line without its end.
  private long offeredEnd;

  FileState(TailedFile file, Account account, Position resume, PodRules rules) {
    this.file = file;
    this.account = account;
    this.resume = resume;
    this.committed = resume;
    this.rules = rules;
  }

  /// Whether the snapshot was made from this version of the metadata.
  boolean isOf(long version) {
    return snapshot != null && metadataVersion == version;
  }

  void use(long version, PodRules podRules, Snapshot made) {
    metadataVersion = version;
    enriched = true;
    rules = podRules;
    snapshot = made;
    waitingSinceNanos = NOT_YET;
  }

  /// Ships with what the path says, until the pod becomes known.
  void useThePath(Snapshot made) {
    metadataVersion = NOT_YET;
    snapshot = made;
    waitingSinceNanos = NOT_YET;
  }

  /// Goes on with what the generation before was shipped with.
  void inherit(FileState before) {
    if (snapshot == null) {
      metadataVersion = before.metadataVersion;
      enriched = before.enriched;
      rules = before.rules;
      snapshot = before.snapshot;
    }
  }

  /// Whether it ships with the pod's metadata, and not only with what its path says.
  boolean enriched() {
    return enriched;
  }

  /// Where framing begins.
  Position resume() {
    return resume;
  }

  void resumeFrom(Position position) {
    resume = position;
  }

  /// How far it is in the queue.
  Position committed() {
    return committed;
  }

  void committed(Position position) {
    committed = committed.max(position);
  }

  /// The queue lost what it held from here on.
  void fallBack(Position position) {
    committed = position;
  }

  /// Whether what is open of it can be read again: its record began in this file, and is framed
  /// here.
  boolean canBeReadAgain() {
    return before == null && continuedIn == null && framer != null;
  }

  /// No record that began in the generation before goes on here any more.
  void detachFromBefore() {
    FileState detached = before;
    before = null;
    if (detached != null) {
      detached.continuedIn = null;
    }
  }

  /// Whether its last record is still open in the next generation.
  boolean goesOn() {
    FileState next = continuedIn;
    return next != null && next.before == this;
  }

  /// Begins to wait, or goes on waiting.
  ///
  /// @return for how long it has waited, in nanoseconds
  long waitFor(long nowNanos) {
    if (waitingSinceNanos == NOT_YET) {
      waitingSinceNanos = nowNanos;
    }
    return nowNanos - waitingSinceNanos;
  }

  /// Its framing failed; it is not read before `untilNanos`.
  void framingFailed(long untilNanos, String reason) {
    heldUntilNanos = untilNanos;
    heldReason = "framing failed and is tried again: " + reason;
    waiting = new Decision.Wait(PauseReason.FRAMING_FAILED, heldReason);
  }

  /// Why its framing failed, while it is not tried again; else empty.
  String framingFailure(long nowNanos) {
    return heldUntilNanos != NOT_YET && nowNanos - heldUntilNanos < 0 ? heldReason : "";
  }

  /// It is offered to be read.
  void asks(long nowNanos) {
    askedNanos = nowNanos;
  }

  /// Whether it was offered to be read since.
  boolean asked(long sinceNanos) {
    return askedNanos != NOT_YET && askedNanos - sinceNanos >= 0;
  }

  /// @param end up to where bytes were read that were not all taken, or 0
  void offered(long end) {
    offeredEnd = end;
  }

  /// Whether there is more than the begin of a line.
  boolean hasUnread() {
    return file.size() > Math.max(file.readOffset(), offeredEnd);
  }

  /// Whether NUL bytes in it are to be named: once.
  boolean namesNul() {
    boolean first = !nulNamed;
    nulNamed = true;
    return first;
  }

  void finish() {
    finished = true;
  }

  boolean isFinished() {
    return finished;
  }

  /// Gives up the framing of a file that was read to its end.
  void release() {
    Framer framed = framer;
    if (framed != null && finished && !framed.hasOpen()) {
      Position position = framed.position();
      if (position.resumeAt() == file.readOffset()) {
        framer = null;
        resume = position;
      }
    }
  }

  /// How many bytes stand before those with which framing begins: what is in the queue already, or
  /// a hole. A file that was truncated under a writer that kept its offset begins with NUL bytes,
  /// which nobody wrote.
  int skipped(byte[] bytes, int length, long offset) {
    long queued = resume.resumeAt() - offset;
    if (queued > 0) {
      return (int) Math.min(queued, length);
    }
    int hole = 0;
    while (hole < length && bytes[hole] == 0) {
      hole++;
    }
    if (hole > 0) {
      resume = new Position(file.id(), offset + hole, offset + hole);
    }
    return hole;
  }
}
