package dev.longshore.agent.ship;

import java.time.Duration;

/// Waits for the buffer to hold something new.
@FunctionalInterface
public interface DataWaiter {

  /// Waits until there is data, or the time is over.
  ///
  /// @return whether there may be data
  /// @throws InterruptedException when the waiting thread is to leave
  boolean awaitData(Duration atMost) throws InterruptedException;
}
