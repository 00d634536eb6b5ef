package dev.longshore.shared.ops;

import dev.longshore.shared.net.FailureText;
import java.util.function.Supplier;

/// A part of the product that is asked by `/readyz`.
///
/// @param name a fixed word, such as `elasticsearch`
/// @param ask answers at once, from any thread; what it throws counts as not ready
public record ReadinessCheck(String name, Supplier<Readiness> ask) {

  /// The answer, whatever happens.
  Readiness readiness() {
    try {
      return ask.get();
    } catch (RuntimeException e) {
      return Readiness.notReady("the check itself failed: " + FailureText.of(e));
    }
  }
}
