package dev.longshore.shared.ops;

import java.io.IOException;

/// A request's body is longer than its route takes. The server makes a 413 of it.
public final class BodyTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  BodyTooLargeException(int maxBytes) {
    super("the body is above " + maxBytes + " bytes");
  }
}
