package dev.longshore.shared.elastic;

import java.io.IOException;

/// A server that answered, and refused.
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;

  public RefusedException(int status, String type, String message) {
    super(message);
    this.status = status;
    this.type = type;
  }

  /// The HTTP status.
  public int status() {
    return status;
  }

  /// The kind of error as Elasticsearch names it; empty when the answer was not its own.
  public String type() {
    return type;
  }
}
