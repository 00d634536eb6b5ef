package dev.longshore.alerting.api;

import dev.longshore.shared.ops.OpsReply;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Lets so many requests of a kind be answered at a time, until the last byte of each answer is
/// taken; a further one waits a little, and is then a 429. Safe for use by many threads.
final class Admission {
  private final Semaphore permits;
  private final int atATime;
  private final Duration patience;

  /// @param patience how long a request waits for its turn
  Admission(int atATime, Duration patience) {
    this.permits = new Semaphore(atATime, true);
    this.atATime = atATime;
    this.patience = patience;
  }

  /// What answers a request.
  interface Answer {
    OpsReply make() throws Exception;
  }

  /// Answers when it is its turn.
  OpsReply admit(Answer answer) throws Exception {
    if (!permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return ApiJson.error(
              429, "busy: " + atATime + " requests of this kind are answered at a time")
          .with("Retry-After", "1");
    }
    boolean made = false;
    try {
      OpsReply reply = answer.make();
      made = true;
      return new OpsReply(
          reply.status(), reply.contentType(), reply.headers(), out -> write(reply, out));
    } finally {
      if (!made) {
        permits.release();
      }
    }
  }

  private void write(OpsReply reply, OutputStream out) throws IOException {
    try {
      reply.body().writeTo(out);
    } finally {
      permits.release();
    }
  }
}
