package dev.longshore.agent.deadletter;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.ItemOutcome;
import dev.longshore.agent.bulk.Refusal;
import dev.longshore.agent.deadletter.DeadLetterStore.Stored;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.ItemFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Sends the documents of letters again, to the data stream and under the id that they had, and
/// says of each what came of it.
///
/// All of them are in doubt: an earlier replay may have sent them and been killed. Elasticsearch
/// being busy is waited for, up to [#MOST_ATTEMPTS] times; then this ends, and what is left stays a
/// letter.
final class Replay {
  static final int MOST_ATTEMPTS = 6;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,512}");
  private static final Pattern DESTINATION = Pattern.compile("logs-[a-z0-9][a-z0-9._-]{0,250}");
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final InDoubtResolver doubts;
  private final Clock clock;

  /// What came of a letter.
  enum Fate {
    INDEXED,
    /// An earlier attempt had indexed it.
    ALREADY_THERE,
    REFUSED_AGAIN,
    /// It has no document, since the encoder had failed on it, or is no letter of an agent.
    UNSENDABLE
  }

  /// @param letter as it now is
  record Sent(Stored letter, Fate fate) {}

  /// Elasticsearch accepts no documents now; the letters are as they were.
  static final class Stopped extends IOException {
    Stopped(String message) {
      super(message);
    }
  }

  Replay(InDoubtResolver doubts, Clock clock) {
    this.doubts = doubts;
    this.clock = clock;
  }

  /// Sends letters of one data stream.
  ///
  /// @param done told of each letter when its fate is known
  /// @throws Stopped when Elasticsearch takes no more; letters that `done` was told of are settled
  void send(String destination, List<Stored> letters, List<Sent> done) throws IOException {
    List<Stored> left = new ArrayList<>();
    for (Stored stored : letters) {
      if (!sendable(stored.letter())) {
        done.add(new Sent(stored, Fate.UNSENDABLE));
      } else {
        left.add(stored);
      }
    }
    int most = Math.max(1, left.size());
    int attempt = 0;
    long lostNanos = InDoubtResolver.NEVER_LOST;
    while (!left.isEmpty()) {
      List<Stored> now = left.subList(0, Math.min(most, left.size()));
      BulkReply reply = ask(destination, now, lostNanos);
      Busy busy = null;
      switch (reply) {
        case BulkReply.Answered answered -> {
          List<Stored> again = new ArrayList<>();
          busy = answered(answered, now, attempt, again, done);
          again.addAll(left.subList(now.size(), left.size()));
          left = again;
        }
        case BulkReply.Refused refused -> {
          Refusal refusal = new Refusal(refused.status(), refused.type(), refused.reason());
          switch (ItemOutcome.OfRequest.of(refused.status())) {
            case BUSY -> {
              lostNanos = clock.nanoTime();
              busy = new Busy(refusal.text(), refused.retryAfter());
            }
            case NOT_ALLOWED -> throw new Stopped(destination + ": " + refusal.text());
            case TOO_LARGE, MALFORMED -> {
              if (now.size() == 1) {
                done.add(refusedAgain(now.getFirst(), refusal));
                left = new ArrayList<>(left.subList(1, left.size()));
              } else {
                most = (now.size() + 1) / 2;
              }
            }
          }
        }
        case BulkReply.Unreadable unreadable -> {
          if (unreadable.sent()) {
            lostNanos = clock.nanoTime();
          }
          busy = new Busy(unreadable.reason(), null);
        }
      }
      if (busy == null) {
        attempt = 0;
      } else if (++attempt >= MOST_ATTEMPTS) {
        throw new Stopped(destination + " does not accept documents: " + busy.reason);
      } else {
        rest(attempt, busy.atLeast);
      }
    }
  }

  private BulkReply ask(String destination, List<Stored> now, long lostNanos) throws Stopped {
    try {
      return doubts.bulkInTime(destination, body(now), earliestNanos(now), lostNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Stopped(destination + ": interrupted");
    }
  }

  /// Whether it can be a line of a bulk request, to where letters come from.
  private static boolean sendable(DeadLetter letter) {
    for (byte b : letter.document()) {
      if (b == '\n') {
        return false;
      }
    }
    return letter.document().length > 0
        && ID.matcher(letter.id()).matches()
        && DESTINATION.matcher(letter.destination()).matches();
  }

  private static final Refusal DROPPED =
      new Refusal(200, "", "an ingest pipeline drops the document");

  private record Busy(String reason, @Nullable Duration atLeast) {}

  private static @Nullable Busy answered(
      BulkReply.Answered answered,
      List<Stored> letters,
      int attempt,
      List<Stored> again,
      List<Sent> done)
      throws Stopped {
    if (answered.statuses().length != letters.size()) {
      throw new Stopped(
          answered.statuses().length + " outcomes came for " + letters.size() + " documents");
    }
    @Nullable ItemFailure[] failures = new ItemFailure[letters.size()];
    for (ItemFailure failure : answered.failures()) {
      failures[failure.item()] = failure;
    }
    Busy busy = null;
    for (int i = 0; i < letters.size(); i++) {
      Stored stored = letters.get(i);
      switch (ItemOutcome.ofItem(answered.statuses()[i], failures[i], attempt, true)) {
        case ItemOutcome.Indexed _ -> done.add(new Sent(stored, Fate.INDEXED));
        case ItemOutcome.Duplicate _ -> done.add(new Sent(stored, Fate.ALREADY_THERE));
        case ItemOutcome.Refused(Refusal why) -> done.add(refusedAgain(stored, why));
        case ItemOutcome.Dropped _ -> done.add(refusedAgain(stored, DROPPED));
        case ItemOutcome.InFailureStore(Refusal why) -> done.add(refusedAgain(stored, why));
        case ItemOutcome.Retry(Refusal why) -> {
          again.add(stored);
          busy = new Busy(why.text(), null);
        }
        case ItemOutcome.Pause(Refusal why) -> {
          again.add(stored);
          busy = new Busy(why.text(), null);
        }
      }
    }
    return busy;
  }

  private static Sent refusedAgain(Stored stored, Refusal why) {
    return new Sent(
        new Stored(stored.letter().refusedAgain(why), stored.place()), Fate.REFUSED_AGAIN);
  }

  private void rest(int attempt, @Nullable Duration atLeast) throws IOException {
    Duration wait = FIRST_WAIT.multipliedBy(1L << (attempt - 1));
    if (atLeast != null && atLeast.compareTo(wait) > 0) {
      wait = atLeast;
    }
    try {
      clock.sleep(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static BulkBody body(List<Stored> letters) {
    BulkBody body = new BulkBody(64 << 10);
    for (Stored stored : letters) {
      DeadLetter letter = stored.letter();
      append(
          body,
          ("{\"create\":{\"_id\":\"" + letter.id() + "\"}}").getBytes(StandardCharsets.UTF_8));
      append(body, letter.document());
      body.endItem(0, 0);
    }
    return body;
  }

  private static void append(BulkBody body, byte[] line) {
    System.arraycopy(line, 0, body.ensure(line.length + 1), body.length(), line.length);
    body.bytes()[body.length() + line.length] = '\n';
    body.length(body.length() + line.length + 1);
  }

  /// Before it became a letter no attempt had succeeded.
  private static long earliestNanos(List<Stored> letters) {
    long earliest = Long.MAX_VALUE;
    for (Stored stored : letters) {
      earliest = Math.min(earliest, stored.letter().epochMillis());
    }
    return TimeUnit.MILLISECONDS.toNanos(earliest);
  }
}
