package dev.longshore.alerting.alert;

/// There is no group with an id: it never was, or all of it has ended.
public final class NoSuchGroupException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NoSuchGroupException(String id) {
    super("there is no group with the id '" + id + "', or all of its alerts have ended");
  }
}
