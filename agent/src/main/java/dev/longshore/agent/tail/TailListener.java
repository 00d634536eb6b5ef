package dev.longshore.agent.tail;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import org.jspecify.annotations.Nullable;

/// What takes the bytes of the followed files. All calls come from the reading thread.
public interface TailListener {

  /// Answer of [#read]: nothing was taken, ask again later.
  int PAUSED = -1;

  /// A slice may be limited to that many bytes, and no fewer: framing takes so much of a line
  /// without its end.
  int LEAST_SLICE_BYTES = 64 * 1024;

  /// How far the generation was read when that was last committed, or null when nothing of it was.
  /// Asked before [#opened], to find out whether a file still is the one that was read.
  default @Nullable Position committed(GenerationId generation) {
    return null;
  }

  /// A generation was identified.
  ///
  /// @return the offset at which reading starts, 0 if it was never seen
  long opened(TailedFile file);

  /// How many bytes of the file [#read] would take now, 0 when it has to wait. Asked once for each
  /// slice, before it is read from disk, so that a file that has to wait costs nothing.
  ///
  /// @return at least [#LEAST_SLICE_BYTES] if any
  default int admit(TailedFile file) {
    return Integer.MAX_VALUE;
  }

  /// Takes bytes: `bytes[from, from + length)` stand at `offset` in the file.
  ///
  /// @param atEnd no byte will ever follow: an unterminated last line is to be consumed too
  /// @return how many were consumed, whole lines only, or everything if the slice has no line feed
  ///   and was as long as was admitted; or [#PAUSED]
  int read(TailedFile file, byte[] bytes, int from, int length, long offset, boolean atEnd);

  /// A generation that was rotated away or deleted is read to its end, or given up. Bytes that a
  /// writer adds late still come through [#read], for `rotateGrace`.
  ///
  /// @param successor the generation of the same log with the bytes that were written next, which
  ///   are handed over only after this; null if there is none, if it was begun before this one was
  ///   found, or if what stood between was deleted unread: no record goes on over a gap
  void finished(TailedFile file, @Nullable TailedFile successor);

  /// Bytes are known to be lost while a name of the generation still exists: they were written to
  /// it after it was closed.
  void lost(TailedFile file, long bytes);

  /// No name of the generation exists any more, and it is closed. The last call for it.
  ///
  /// @param unreadBytes what was deleted before it was read, those of [#lost] not included
  void gone(TailedFile file, long unreadBytes);
}
