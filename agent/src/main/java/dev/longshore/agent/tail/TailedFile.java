package dev.longshore.agent.tail;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.TailChecksum;
import java.nio.file.Path;

/// One generation of a log file, identified. Owned by the reading thread.
public final class TailedFile {
  private final GenerationId id;
  private final LogFormat format;
  private final long firstTimestampNanos;
  private final long salt;
  private final boolean utf16;
  private final Generation generation;

  TailedFile(GenerationIndex.Identity identity, FirstLine line, Generation generation) {
    id = identity.resume().generation();
    salt = identity.salt();
    format = line.format();
    firstTimestampNanos = line.timestampNanos();
    utf16 = line.isUtf16();
    this.generation = generation;
  }

  public GenerationId id() {
    return id;
  }

  public ContainerRef container() {
    return generation.rotationSet().container();
  }

  /// The name of the log: where its live generation is found, under the kubelet's folder if it has
  /// a name there. The same for all generations.
  public Path livePath() {
    return generation.rotationSet().livePath();
  }

  /// The newest name that this generation was seen under.
  public Path path() {
    return generation.path();
  }

  /// Whether no name leads to it any more: it lasts as long as it is held open.
  public boolean isDeleted() {
    return generation.deleted;
  }

  /// How the first line is wrapped.
  public LogFormat format() {
    return format;
  }

  /// Whether its text is in UTF-16, of which nothing is decoded.
  boolean isUtf16() {
    return utf16;
  }

  /// How many NUL bytes stand before its first line: a hole.
  public long leadingNulBytes() {
    return generation.textFrom;
  }

  /// Last known, in bytes.
  public long size() {
    return generation.sizeBytes();
  }

  /// Up to where it was consumed.
  public long readOffset() {
    return generation.readOffset();
  }

  /// The runtime's timestamp in the first line, nanoseconds since the epoch, or
  /// [dev.longshore.agent.event.Block#NO_TIMESTAMP].
  public long firstTimestampNanos() {
    return firstTimestampNanos;
  }

  /// The checksum of what was read of the file last, for the position that is committed with it.
  public TailChecksum tail() {
    return generation.tail;
  }

  /// Whether its first line tells it from any other file; else its inode does, too, which a
  /// compressed or copied file does not share.
  public boolean isKnownByFirstLine() {
    return generation.firstLineOf().hasTimestamp();
  }

  /// How many places there are for [#saltNote].
  public static int saltNotes() {
    return FirstLine.SALT_NOTES;
  }

  /// By what the file is told from others that begin with the same line, in the form of a position:
  /// it is kept with the positions. So a run that finds the log compressed, under another inode,
  /// can tell what was read of it.
  ///
  /// @param slot one of [#saltNotes] places; each is for one file
  public Position saltNote(int slot) {
    String folder = generation.rotationSet().folder().toString();
    return new Position(generation.firstLineOf().noteId(folder, slot), salt, salt);
  }

  Generation generation() {
    return generation;
  }

  @Override
  public String toString() {
    return path() + " (" + id + ")";
  }
}
