package dev.longshore.alerting.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What changes in a turn of the loop is one unit of work; a store that fails, hangs or has lost
/// everything stops nobody, and is whole again when it can be written.
final class StateWriterTest {
  private final ManualClock clock = new ManualClock();
  private final List<Throwable> failures = new ArrayList<>();
  private final Loop loop = new Loop("test", clock, failures::add);
  private final FailingStore store = new FailingStore();
  private final List<Runnable> handedOver = new ArrayList<>();
  private final List<@Nullable String> health = new ArrayList<>();
  private final Rows rows = new Rows();
  private boolean hangs;
  private final StateWriter writer =
      new StateWriter(store, clock, loop, this::execute, new SimpleMeterRegistry());

  StateWriterTest() {
    writer.add(rows);
    writer.onHealth(health::add);
  }

  @AfterEach
  void nothingWasThrownOnTheLoop() {
    assertThat(failures).isEmpty();
  }

  private void execute(Runnable task) {
    if (hangs) {
      handedOver.add(task);
    } else {
      task.run();
    }
  }

  @Test
  void allThatChangesInOneTurnIsOneUnit() {
    put("a");
    put("b");
    loop.runDue();
    assertThat(store.units).containsExactly(List.of("a", "b"));
  }

  @Test
  void whoWaitsForACommitGoesOnWithoutWhenItFails() {
    store.failure = "disk full";
    List<String> sent = new ArrayList<>();
    put("a");
    writer.afterCommit(() -> sent.add("first"));
    loop.runDue();
    assertThat(sent).containsExactly("first");
    assertThat(health).containsExactly("disk full");

    put("b");
    writer.afterCommit(() -> sent.add("second"));
    loop.runDue();
    assertThat(sent).as("it is not even tried").containsExactly("first", "second");
    assertThat(store.attempts).isEqualTo(1);
  }

  @Test
  void whatWasNotWrittenIsInTheFirstUnitThatIs() {
    store.failure = "disk full";
    put("a");
    loop.runDue();
    put("b");
    loop.runDue();

    store.failure = null;
    pass();
    assertThat(store.units).containsExactly(List.of("a", "b"));
    assertThat(health).containsExactly("disk full", null);
    assertThat(writer.failure()).isNull();
  }

  @Test
  void aStoreThatHangsHoldsUpWhoWaitsForThreeSecondsOnly() {
    hangs = true;
    List<String> sent = new ArrayList<>();
    put("a");
    writer.afterCommit(() -> sent.add("first"));
    loop.runDue();
    assertThat(sent).isEmpty();

    clock.advance(StateWriter.PATIENCE);
    loop.runDue();
    assertThat(sent).containsExactly("first");
    assertThat(health).hasSize(1);
    put("b");
    writer.afterCommit(() -> sent.add("second"));
    loop.runDue();
    assertThat(sent).containsExactly("first", "second");

    hangs = false;
    handedOver.forEach(Runnable::run);
    loop.runDue();
    assertThat(store.units).containsExactly(List.of("a"), List.of("b"));
    assertThat(health).hasSize(2).last().isNull();
  }

  @Test
  void aStoreThatLostEverythingIsGivenEverything() {
    put("a");
    loop.runDue();
    store.lost = true;
    put("b");
    loop.runDue();
    assertThat(store.units.getLast()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aPartThatFailsToSayWhatChangedKeepsNoOtherFromBeingWritten() {
    writer.add(
        new Rows() {
          @Override
          public void collect(UnitOfWork unit) {
            unit.add("x");
            throw new IllegalStateException("a row that can't be written");
          }
        });
    put("a");
    loop.runDue();
    assertThat(store.units).containsExactly(List.of("a"));
  }

  @Test
  void aCommitIsWaitedForUntilItIsDurable() {
    hangs = true;
    put("a");
    CompletableFuture<Void> commit = writer.commit();
    loop.runDue();
    assertThat(commit).isNotDone();
    handedOver.forEach(Runnable::run);
    loop.runDue();
    assertThat(commit).isCompleted();
  }

  @Test
  void whatIsToBeWrittenAtOnceIsNotTriedWhileTheStoreFails() {
    assertThat(writer.writeNow("x", 1)).isTrue();
    store.failure = "disk full";
    put("a");
    loop.runDue();

    assertThat(writer.writeNow("y", 1)).isFalse();
    assertThat(store.immediate).containsExactly("x");

    store.failure = null;
    pass();
    assertThat(writer.writeNow("z", 1)).isTrue();
  }

  private void put(String row) {
    rows.all.add(row);
    rows.changed.add(row);
    writer.changed();
  }

  private void pass() {
    clock.advance(StateWriter.RETRY_INTERVAL);
    loop.runDue();
  }

  private static class Rows implements StateWriter.Part {
    final List<String> all = new ArrayList<>();
    final ChangedKeys<String> changed = new ChangedKeys<>();

    @Override
    public void collect(UnitOfWork unit) {
      changed.take().forEach(unit::add);
    }

    @Override
    public void written() {
      changed.written();
    }

    @Override
    public void notWritten() {
      changed.notWritten();
    }

    @Override
    public void everything() {
      changed.addAll(all);
    }
  }

  /// Keeps the statements of units.
  private static final class FailingStore implements StateStore {
    final List<List<String>> units = new ArrayList<>();
    final List<String> immediate = new ArrayList<>();
    @Nullable String failure;
    boolean lost;
    int attempts;

    @Override
    public boolean write(UnitOfWork unit) {
      attempts++;
      if (failure != null) {
        throw new StateException(failure);
      }
      units.add(unit.changes().stream().map(UnitOfWork.Change::sql).toList());
      boolean wasLost = lost;
      lost = false;
      return wasLost;
    }

    @Override
    public boolean writeNow(UnitOfWork.Change change) {
      return immediate.add(change.sql());
    }

    @Override
    public <T> T read(Query<T> query) {
      throw new StateException("there is nothing to read");
    }

    @Override
    public void close() {}
  }
}
