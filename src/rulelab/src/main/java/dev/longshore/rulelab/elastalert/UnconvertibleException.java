package dev.longshore.rulelab.elastalert;

/// A part of a rule without which it would mean something else has no counterpart.
final class UnconvertibleException extends Exception {
  private static final long serialVersionUID = 1;

  UnconvertibleException(String message) {
    super(message);
  }
}
