package dev.longshore.alerting.eval;

import dev.longshore.shared.clock.Loop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// How many questions a source is asked at a time; the others wait in the order they came. Owned by
/// the loop's thread, where answers arrive too.
final class QueryLimiter {
  private final Loop loop;
  private final Executor executor;

  /// Bounded by the number of groups, each of which waits for one at a time.
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private int free;

  QueryLimiter(Loop loop, Executor executor, int concurrency) {
    this.loop = loop;
    this.executor = executor;
    this.free = concurrency;
  }

  /// Runs a question on the executor as soon as there is room, and hands its answer to the loop.
  ///
  /// @param failed makes an answer of what the question threw
  <T> void ask(Supplier<T> question, Function<Throwable, T> failed, Consumer<T> answered) {
    waiting.add(
        () -> {
          try {
            executor.execute(
                () -> {
                  T answer = answer(question, failed);
                  loop.execute(() -> done(answer, answered));
                });
          } catch (RuntimeException | Error e) {
            loop.execute(() -> done(failed.apply(e), answered));
          }
        });
    next();
  }

  private static <T> T answer(Supplier<T> question, Function<Throwable, T> failed) {
    try {
      return question.get();
    } catch (RuntimeException | Error e) {
      return failed.apply(e);
    }
  }

  private <T> void done(T answer, Consumer<T> answered) {
    free++;
    try {
      answered.accept(answer);
    } finally {
      next();
    }
  }

  private void next() {
    while (free > 0 && !waiting.isEmpty()) {
      free--;
      waiting.remove().run();
    }
  }
}
