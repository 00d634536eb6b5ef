package dev.longshore.alerting.state;

/// The state could not be opened, read or written.
public final class StateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StateException(String message, Throwable cause) {
    super(message, cause);
  }

  public StateException(String message) {
    super(message);
  }
}
