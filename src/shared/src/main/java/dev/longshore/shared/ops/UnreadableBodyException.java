package dev.longshore.shared.ops;

import java.io.IOException;

/// A request's body did not arrive as its head and its chunks say it would: the client's fault, and
/// nothing that our log should tell. The server makes a 400 of it, where the client is still there.
final class UnreadableBodyException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableBodyException(String message) {
    super(message);
  }

  UnreadableBodyException(IOException cause) {
    super("the body can't be read", cause);
  }
}
