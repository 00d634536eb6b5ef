package dev.longshore.shared.elastic;

import java.io.IOException;

/// An answer that is longer than what is taken into memory; ask for less at a time.
public final class ReplyTooLargeException extends IOException {
  ReplyTooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}
