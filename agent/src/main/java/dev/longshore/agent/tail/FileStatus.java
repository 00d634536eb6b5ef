package dev.longshore.agent.tail;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How far one generation of a file is read, for people.
///
/// @param path the newest name it was seen under
/// @param generation null until its first line is there
/// @param container whose log it is
/// @param sizeBytes last known; of a `.gz`, the decompressed size
/// @param readOffset up to where it was consumed
/// @param lagBytes what is not consumed yet
/// @param state what is done with it
/// @param reason why it is unreadable or ignored, or what is wrong with its text; else empty
/// @param inode of the file that is or was read; 0 of what was never opened
public record FileStatus(
    Path path,
    @Nullable GenerationId generation,
    ContainerRef container,
    long sizeBytes,
    long readOffset,
    long lagBytes,
    State state,
    String reason,
    long inode) {

  /// What is done with a generation.
  public enum State {
    /// Its first line is not complete.
    IDENTIFYING,
    /// There is more to read.
    READING,
    /// Everything is read; it may grow.
    IDLE,
    /// It may not be read now, or an older generation is read first.
    WAITING,
    /// A file that can't be opened or read, or a folder that can't be listed, so that its files are
    /// not known: see the reason; tried again at each rescan.
    UNREADABLE,
    /// Named like a log, and not read: see the reason.
    IGNORED,
    /// It has a successor and is read to its end.
    ROTATED,
    /// It is deleted and held open until it is read.
    DELETED_HELD
  }
}
