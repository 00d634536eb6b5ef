package dev.longshore.agent.buffer;

import org.jspecify.annotations.Nullable;

/// The buffer can't be opened, or can't take what it was given; nothing was changed. The message is
/// a sentence for people.
public final class BufferException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Reason {
    /// The cap is reached: shipping makes room.
    FULL,
    /// The disk has no room below the cap: it is full, or a quota or the inodes are used up.
    DISK_FULL,
    /// Another process holds the folder.
    LOCKED,
    /// The folder can't be used as it is: permissions, or the kind of file system.
    UNUSABLE,
    /// The disk failed.
    IO
  }

  private final Reason reason;

  BufferException(Reason reason, String message) {
    this(reason, message, null);
  }

  /// @param cause null where there is none
  public BufferException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
