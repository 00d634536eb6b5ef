package dev.longshore.agent.pipeline;

import dev.longshore.shared.clock.Clock;
import java.time.Duration;

/// A clock that a test can move.
interface TestClock extends Clock {

  /// Time passes, for the monotonic and the wall clock alike; who sleeps sleeps on.
  void leap(Duration time);

  /// The wall clock alone is set, also back.
  void jumpWallClock(Duration time);
}
