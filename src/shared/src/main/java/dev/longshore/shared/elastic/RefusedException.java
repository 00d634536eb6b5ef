package dev.longshore.shared.elastic;

import java.io.IOException;

/// A server that answered, and refused.
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /// The HTTP status.
  public int status() {
    return status;
  }
}
