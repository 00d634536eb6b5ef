package dev.longshore.agent.ship;

/// When the last of several records was sent first.
///
/// @param request in which of the destination's requests; 0 for none yet
/// @param nanos when, by the monotonic clock
record FirstSent(long request, long nanos) {

  FirstSent later(FirstSent other) {
    return other.request > request ? other : this;
  }
}
