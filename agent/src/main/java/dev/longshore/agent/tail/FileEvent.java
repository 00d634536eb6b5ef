package dev.longshore.agent.tail;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import org.jspecify.annotations.Nullable;

/// What [Tail#poll] has found out about a file. Events of one log come in their order and are to be
/// handled in it; each belongs to the reading thread.
///
/// A file appears, is readable any number of times, finishes (once, or again after it was rewound),
/// and is gone. A truncated file finishes like one that was rotated away: what comes is a file of
/// its own.
public sealed interface FileEvent {

  TailedFile file();

  /// A generation was identified.
  ///
  /// @param resume how far its streams were read: reading begins at the lower of both
  record Appeared(TailedFile file, Position resume) implements FileEvent {}

  /// The file has bytes to read, by [Tail#read], or is to wait, by [Tail#defer].
  record HasBytes(TailedFile file) implements FileEvent {}

  /// A generation that was rotated away or deleted is read to its end, or given up. Bytes that a
  /// writer adds late can still be read, for `rotateGrace`.
  ///
  /// @param successor the generation of the same log with the bytes that were written next, none of
  ///   which was read yet; null if there is none, if it was begun before this one was found, or if
  ///   what stood between was deleted unread: no record goes on over a gap
  record Finished(TailedFile file, @Nullable TailedFile successor) implements FileEvent {}

  /// Another file holds the same bytes: a copy, or a compressed one.
  ///
  /// @param copy what a later run takes that file for, if it finds it alone
  record Copied(TailedFile file, GenerationId copy) implements FileEvent {}

  /// Bytes are lost while a name of the generation still exists: they were written to it after it
  /// was closed, or follow damage.
  record Lost(TailedFile file, long bytes) implements FileEvent {}

  /// No name of the generation exists any more, and it is closed. Its last event.
  ///
  /// @param unreadBytes what was deleted before it was read, those of [Lost] not included
  record Gone(TailedFile file, long unreadBytes) implements FileEvent {}
}
