package dev.longshore.alerting.api;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A bound on the heap that all requests together take while they are read, before what they bring
/// is handed over. What there is no room for waits a little, and is then refused. Safe for use by
/// many threads.
final class IntakeBudget {
  private static final int UNIT_BYTES = 1024;

  private final int maxUnits;
  private final Duration patience;
  private final Semaphore units;

  /// @param patience how long a request waits for others to end
  IntakeBudget(long maxBytes, Duration patience) {
    this.maxUnits = Math.toIntExact(Math.max(1, maxBytes / UNIT_BYTES));
    this.patience = patience;
    this.units = new Semaphore(maxUnits, true);
  }

  /// What one request has taken so far. Owned by its thread.
  final class Taken implements AutoCloseable {
    private int taken;
    private long notCountedBytes;

    /// Takes more.
    ///
    /// @throws ApiException with 413 when the request takes too much by itself, 429 when all
    ///   together do
    void more(long bytes) throws ApiException, InterruptedException {
      notCountedBytes += bytes;
      int more = Math.toIntExact(Math.min(maxUnits, notCountedBytes / UNIT_BYTES));
      if (more == 0) {
        return;
      }
      if (taken + more > maxUnits / 2) {
        throw new ApiException(413, "the request is too large; send it in parts");
      }
      if (!units.tryAcquire(more, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ApiException(429, "busy: other requests take all of the memory for requests");
      }
      taken += more;
      notCountedBytes -= (long) more * UNIT_BYTES;
    }

    @Override
    public void close() {
      units.release(taken);
      taken = 0;
    }
  }

  Taken open() {
    return new Taken();
  }
}
