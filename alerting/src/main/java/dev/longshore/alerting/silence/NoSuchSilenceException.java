package dev.longshore.alerting.silence;

/// There is no silence with an id, or it was forgotten.
public final class NoSuchSilenceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoSuchSilenceException(String id) {
    super("there is no silence with the id '" + id + "'");
  }
}
