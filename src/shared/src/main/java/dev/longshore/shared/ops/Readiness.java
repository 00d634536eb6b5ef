package dev.longshore.shared.ops;

/// Whether a part of the product can do its work now.
public sealed interface Readiness {

  /// It can.
  record Ready() implements Readiness {}

  /// It can't, and says why in words for the person on call.
  record NotReady(String reason) implements Readiness {}

  /// The one instance that is needed.
  Readiness READY = new Ready();

  static Readiness notReady(String reason) {
    return new NotReady(reason);
  }
}
