package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.Entry.Commit;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How far each generation is, from what the files of earlier runs commit, in their order.
///
/// Each commit says from where to where its records go. It counts only when it begins where what
/// counted before ended, or earlier: so a block that can't be read leaves a gap that nothing after
/// it bridges, and the generation is read again from there.
///
/// The base is the first file's head. A head that was written at an opening never lets a position
/// be further than it says: what fell back then stays so until it was read again. Where the first
/// file's head can't be read, the second file's says what it was; where that can't be read either,
/// generations begin at 0. What lay in files that are missing before the first is a gap as well.
final class PositionsRecovery {
  private final Map<GenerationId, Reached> reached = new HashMap<>();
  private final List<Commit> parts = new ArrayList<>();
  private List<Position> atLastFile = List.of();
  private List<Commit> firstHead = List.of();
  private int number = -1;
  private int firstNumber = -1;
  private int nextPart;
  private boolean based;

  /// What is known of a generation: how far it is, how far it would be without gaps, and, until
  /// there is a base, where the chain of its commits begins.
  private static final class Reached {
    private Position from;
    private Position contiguous;
    private Position furthest;

    /// Bytes of log between the first commit and the furthest of which no commit speaks.
    private long gapBytes;

    Reached(GenerationId generation) {
      this(Position.start(generation), Position.start(generation));
    }

    Reached(Position from, Position contiguous) {
      this.from = from;
      this.contiguous = contiguous;
      this.furthest = contiguous;
    }

    /// A commit that begins at `from` follows.
    private void next(Position from) {
      gapBytes += Math.max(0, from.resumeAt() - furthest.resumeAt());
    }
  }

  /// A file begins; numbers grow.
  void file(int next) {
    atLastFile = positions();
    number = next;
    if (firstNumber < 0) {
      firstNumber = next;
    }
    nextPart = 0;
    parts.clear();
  }

  /// The next entry of the file.
  void add(Entry entry) {
    switch (entry) {
      case Entry.Head head -> part(head);
      case Entry.Queued block -> block.commits().forEach(this::committed);
      case Entry.Committed(Commit commit) -> committed(commit);
      case Entry.Forgotten(GenerationId generation) -> reached.remove(generation);
      case Entry.SharedSnapshot _,
          Entry.Acknowledged _,
          Entry.Oldest _,
          Entry.Damaged _,
          Entry.Unreadable _ -> {
        // Says nothing of positions.
      }
    }
  }

  private void part(Entry.Head head) {
    if (head.part() != nextPart) {
      return;
    }
    nextPart++;
    parts.addAll(head.commits());
    if (nextPart == head.parts()) {
      head(head.opening());
      parts.clear();
    }
  }

  private void head(boolean opening) {
    if (!based && number == firstNumber) {
      for (Commit commit : parts) {
        reached.put(commit.generation(), new Reached(commit.to(), commit.to()));
      }
      firstHead = List.copyOf(parts);
      based = true;
      return;
    }
    if (!based && number == firstNumber + 1) {
      for (Commit commit : parts) {
        base(commit);
      }
      based = true;
    }
    for (Commit commit : parts) {
      Reached known = reached.computeIfAbsent(commit.generation(), Reached::new);
      if (opening) {
        known.contiguous = lower(known.contiguous, commit.to());
        known.furthest = commit.to();
        // What fell back at that opening was read again, or given up, since.
        known.gapBytes = 0;
      } else {
        known.next(commit.to());
        known.contiguous = known.contiguous.withTailOf(commit.to());
        known.furthest = known.furthest.max(commit.to());
      }
    }
  }

  private static Position lower(Position one, Position other) {
    return one.withTailOf(other)
        .withOffsets(
            Math.min(one.stdout(), other.stdout()), Math.min(one.stderr(), other.stderr()));
  }

  /// The second file's head says where the first file began for a generation.
  private void base(Commit commit) {
    Reached known = reached.get(commit.generation());
    Position base = commit.from();
    if (known == null) {
      reached.put(commit.generation(), new Reached(base, base));
      return;
    }
    known.contiguous =
        known.contiguous.withOffsets(
            join(base.stdout(), known.from.stdout(), known.contiguous.stdout()),
            join(base.stderr(), known.from.stderr(), known.contiguous.stderr()));
  }

  private static long join(long reached, long from, long to) {
    return from <= reached ? Math.max(reached, to) : reached;
  }

  /// A block or a position of its own commits progress.
  private void committed(Commit commit) {
    GenerationId id = commit.generation();
    Reached known = reached.get(id);
    if (known == null) {
      Position begin = based ? Position.start(id) : commit.from();
      known = new Reached(begin, begin);
      reached.put(id, known);
    }
    known.next(commit.from());
    known.furthest = known.furthest.max(commit.to());
    Position at = known.contiguous;
    known.contiguous =
        at.withTailOf(commit.to())
            .withOffsets(
                join(at.stdout(), commit.from().stdout(), commit.to().stdout()),
                join(at.stderr(), commit.from().stderr(), commit.to().stderr()));
  }

  /// Files before the first are missing, though something in them was not acknowledged: whatever
  /// made progress in them falls back to where it was before.
  ///
  /// @param onlyOne whether it is the one just before the first, so that the first file's head says
  ///   where generations were when it began
  void missingBefore(boolean onlyOne) {
    if (!onlyOne || firstHead.isEmpty()) {
      for (Map.Entry<GenerationId, Reached> entry : reached.entrySet()) {
        entry.getValue().contiguous = entry.getValue().contiguous.withOffsets(0, 0);
      }
      return;
    }
    for (Commit commit : firstHead) {
      Reached known = reached.get(commit.generation());
      if (known != null) {
        Position from = commit.from();
        Position to = commit.to();
        known.gapBytes += Math.max(0, to.resumeAt() - from.resumeAt());
        Position at = known.contiguous;
        known.contiguous =
            at.withOffsets(
                from.stdout() < to.stdout() ? Math.min(at.stdout(), from.stdout()) : at.stdout(),
                from.stderr() < to.stderr() ? Math.min(at.stderr(), from.stderr()) : at.stderr());
      }
    }
  }

  /// How far each generation is.
  List<Position> positions() {
    List<Position> positions = new ArrayList<>(reached.size());
    for (Map.Entry<GenerationId, Reached> entry : reached.entrySet()) {
      Position at = entry.getValue().contiguous;
      positions.add(based ? at : at.withOffsets(0, 0));
    }
    return positions;
  }

  /// Bytes of log that are committed and of which no block can be read, by generation.
  Map<GenerationId, Long> gapBytes() {
    Map<GenerationId, Long> gaps = new HashMap<>();
    reached.forEach(
        (generation, known) -> {
          if (known.gapBytes > 0) {
            gaps.put(generation, known.gapBytes);
          }
        });
    return gaps;
  }

  /// How far each generation was when the last file began.
  List<Position> atLastFile() {
    return atLastFile;
  }

  /// Generations of which something was committed beyond a gap.
  int rolledBack() {
    int count = 0;
    for (Reached known : reached.values()) {
      if (!based || !known.furthest.sameOffsets(known.contiguous)) {
        count++;
      }
    }
    return count;
  }
}
