package dev.longshore.alerting.reload;

/// A configuration can't be taken; the message has all its problems, a line each.
public final class BrokenException extends Exception {
  public BrokenException(String message) {
    super(message);
  }
}
