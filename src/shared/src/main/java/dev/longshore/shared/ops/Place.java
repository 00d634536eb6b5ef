package dev.longshore.shared.ops;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/// A request's place among those that are answered at a time. Its thread says while it waits for
/// its client; only then may [Places] give the place to another request.
final class Place {
  private enum State {
    /// The request is read, worked on or sent.
    ANSWERED,
    /// Its thread waits for the client, to send or to take something.
    WAITING,
    /// Another request has the place.
    LOST,
    /// It was given back.
    FREE
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.ANSWERED);

  /// Written by the request's thread alone.
  private volatile long waitedNanos;

  private volatile long sinceNanos;

  /// The request's thread begins to wait for its client.
  ///
  /// @throws IOException when another request has the place
  void waits(long nowNanos) throws IOException {
    sinceNanos = nowNanos;
    pass(State.ANSWERED, State.WAITING);
  }

  /// The client has sent or taken something.
  ///
  /// @throws IOException when another request has the place
  void goesOn(long nowNanos) throws IOException {
    long before = waitedNanos;
    waitedNanos = before + nowNanos - sinceNanos;
    pass(State.WAITING, State.ANSWERED);
  }

  private void pass(State from, State to) throws IOException {
    if (!state.compareAndSet(from, to)) {
      throw new IOException("the client was slow, and another has its place");
    }
  }

  /// How long the request has waited for its client by now, all times together; 0 while it does not
  /// wait.
  long waitedNanos(long nowNanos) {
    long waited = waitedNanos + nowNanos - sinceNanos;
    return state.get() == State.WAITING ? waited : 0;
  }

  /// Takes the place away from a request that waits for its client.
  ///
  /// @return false when it does not wait any more
  boolean takeAway() {
    return state.compareAndSet(State.WAITING, State.LOST);
  }

  /// Gives the place back.
  ///
  /// @return false when another request has it
  boolean giveBack() {
    return state.getAndSet(State.FREE) != State.LOST;
  }
}
