package dev.longshore.agent.tail;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All generations that are followed, by file and by identity, and the decision which generation a
/// file is that begins with a certain line. Owned by the reading thread.
final class GenerationIndex {

  /// How many lives of a file are looked for behind the last that is known: those in between were
  /// forgotten when they were gone. A line with a timestamp comes again only where a file was cut
  /// while nobody looked.
  private static final int LIVES = 1_000;

  private static final int LIVES_WITH_TIMESTAMP = 8;

  /// How many lives of the file with the live name are looked for behind a copy.
  private static final int LIVES_OF_COPIES = 8;

  /// What a file is.
  ///
  /// @param resume its identity, and where reading of it resumes
  /// @param salt by what it is told from others that begin with the same line
  record Identity(Position resume, long salt) {}

  private final Checkpoints checkpoints;
  private final Identification identification;
  private final FileOpener opener;
  private final TailMetrics metrics;
  private final TailLog tailLog;
  private final Map<FoundFile.Key, Generation> byKey = new HashMap<>();
  private final Map<GenerationId, Generation> byId = new HashMap<>();

  GenerationIndex(
      Checkpoints checkpoints,
      Identification identification,
      FileOpener opener,
      TailMetrics metrics,
      TailLog tailLog) {
    this.checkpoints = checkpoints;
    this.identification = identification;
    this.opener = opener;
    this.metrics = metrics;
    this.tailLog = tailLog;
  }

  /// The generation that a file is taken for, by its key alone.
  @Nullable Generation find(FoundFile.Key key) {
    return byKey.get(key);
  }

  /// From now on a file with this key is taken for the generation.
  void add(FoundFile.Key key, Generation generation) {
    byKey.put(key, generation);
    generation.keys.add(key);
  }

  void add(GenerationId id, Generation generation) {
    byId.put(id, generation);
  }

  /// A file with this key is not what it was taken for.
  void remove(FoundFile.Key key) {
    byKey.remove(key);
  }

  void remove(Generation generation) {
    for (FoundFile.Key key : generation.keys) {
      byKey.remove(key, generation);
    }
    TailedFile file = generation.file;
    if (file != null) {
      byId.remove(file.id(), generation);
    }
  }

  /// Which generation a file is that begins with this line: the one that was read of it before, if
  /// it still holds what was read then; else a new one. Several generations begin with the same
  /// line where a file was emptied and written anew; each is a life of its own, and none is ever
  /// given the identity of another: its records would be taken for those of the other. Of a log of
  /// which nothing else is known there are no other lives.
  ///
  /// Reading of it resumes as committed, but not before the text.
  Identity identity(Generation generation, FirstLine line, Source source) throws IOException {
    EarlierReadings.Reading found = foundBy(generation.earlier);
    if (found != null) {
      return new Identity(found.committed(), found.salt());
    }
    RotationSet rotationSet = generation.rotationSet();
    String folder = rotationSet.folder().toString();
    long inode = generation.key.inode();
    GenerationId first = line.id(folder, inode, 0);
    // A file with a timestamp that comes back after it was gone is the same again.
    int lives = line.hasTimestamp() ? 0 : rotationSet.lives(first);
    boolean isFirst = rotationSet.generations().size() == 1 && !checkpoints.hasUnclaimed();
    int ahead = isFirst ? 1 : line.hasTimestamp() ? LIVES_WITH_TIMESTAMP : LIVES;
    Long known = null;
    Position other = null;
    for (int life = 0; life < lives + ahead; life++) {
      long salt = line.salt(inode, life);
      GenerationId id = line.id(folder, salt);
      Position committed = checkpoints.committed(id);
      if (byId.containsKey(id)) {
        lives = Math.max(lives, life + 1);
      } else if (committed != null) {
        lives = Math.max(lives, life + 1);
        if (identification.holds(source, committed)) {
          known = salt;
        } else {
          other = committed;
        }
      }
    }
    if (known == null && other == null && lives == 0) {
      known = copiedFromLive(generation, line, source);
    }
    if (known == null) {
      if (other != null) {
        metrics.truncated();
        tailLog.replaced(generation, other.resumeAt());
      }
      known = line.salt(inode, lives);
      lives++;
    }
    if (!line.hasTimestamp()) {
      rotationSet.lives(first, lives);
    }
    GenerationId id = line.id(folder, known);
    return new Identity(resume(checkpoints.committed(id), id, line.offset()), known);
  }

  /// The generation of a plain log that was copied and emptied while nobody looked: it has the
  /// inode of the file with the live name, which does not hold it any more.
  ///
  /// @return its salt
  private @Nullable Long copiedFromLive(Generation generation, FirstLine line, Source source)
      throws IOException {
    if (line.hasTimestamp() || generation.name.isLive() || source instanceof GzipSource) {
      return null;
    }
    RotationSet rotationSet = generation.rotationSet();
    try {
      FoundFile live = FoundFile.at(rotationSet.folder().resolve(rotationSet.base()));
      for (int life = 0; life < LIVES_OF_COPIES; life++) {
        long salt = line.salt(live.key().inode(), life);
        GenerationId id = line.id(rotationSet.folder().toString(), salt);
        Position committed = checkpoints.committed(id);
        if (committed != null
            && committed.hasTail()
            && !byId.containsKey(id)
            && identification.holds(source, committed)
            && !holds(live, committed)) {
          return salt;
        }
      }
    } catch (NoSuchFileException e) {
      // Without a live file there is none to which it belonged.
    }
    return null;
  }

  /// What may have been read of a compressed log by an earlier run, under the inode that it had
  /// before it was compressed; null when nothing was.
  @Nullable EarlierReadings earlierReadings(Generation generation, FirstLine line, Source source) {
    String folder = generation.rotationSet().folder().toString();
    if (!(source instanceof GzipSource)
        || line.hasTimestamp()
        || checkpoints.committed(line.id(folder, generation.key.inode(), 0)) != null) {
      return null;
    }
    List<EarlierReadings.Reading> readings = new ArrayList<>();
    for (int slot = 0; slot < FirstLine.SALT_NOTES; slot++) {
      Position note = checkpoints.committed(line.noteId(folder, slot));
      if (note != null) {
        long salt = note.stdout();
        Position committed = checkpoints.committed(line.id(folder, salt));
        if (committed != null && committed.hasTail()) {
          readings.add(new EarlierReadings.Reading(committed, salt));
        }
      }
    }
    readings.sort(EarlierReadings.BY_OFFSET);
    return readings.isEmpty() ? null : new EarlierReadings(line, readings);
  }

  /// The generation that is followed already, in another file, as what these readings found.
  @Nullable Generation holderOf(@Nullable EarlierReadings earlier) {
    EarlierReadings.Reading found = foundBy(earlier);
    return found == null ? null : byId.get(found.committed().generation());
  }

  private static EarlierReadings.@Nullable Reading foundBy(@Nullable EarlierReadings earlier) {
    return earlier == null ? null : earlier.found();
  }

  private boolean holds(FoundFile file, Position committed) throws IOException {
    if (!file.regular()) {
      return false;
    }
    try (Source source = opener.open(file)) {
      return identification.holds(source, committed);
    }
  }

  /// Where reading resumes: as committed, but not before the text.
  private static Position resume(@Nullable Position committed, GenerationId id, long textOffset) {
    return committed == null || committed.resumeAt() < textOffset
        ? new Position(id, textOffset, textOffset)
        : committed;
  }

  /// The generation whose bytes this file holds too: as a copy, or compressed.
  @Nullable Generation sameAs(Generation generation, FirstLine line) {
    if (line.hasTimestamp()) {
      String folder = generation.rotationSet().folder().toString();
      Generation newest = null;
      for (int life = 0; life < LIVES_WITH_TIMESTAMP; life++) {
        Generation of = byId.get(line.id(folder, 0, life));
        newest = of == null ? newest : of;
      }
      return newest;
    }
    if (generation.name.isLive()) {
      return null;
    }
    for (Generation other : generation.rotationSet().generations()) {
      FirstLine otherLine = other.firstLine;
      if (other == generation || otherLine == null || !otherLine.sameAs(line)) {
        continue;
      }
      boolean nameless = other.names.isEmpty();
      boolean copied = !generation.name.gzip() && other.isLive();
      if (generation.name.gzip() ? nameless : copied || other.cutAway) {
        return other;
      }
    }
    return null;
  }
}
