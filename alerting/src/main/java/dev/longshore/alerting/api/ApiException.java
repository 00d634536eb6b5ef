package dev.longshore.alerting.api;

/// A request that can't be served, with the status that says so.
final class ApiException extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
