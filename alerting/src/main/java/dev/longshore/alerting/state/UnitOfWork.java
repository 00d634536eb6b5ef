package dev.longshore.alerting.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The changes of one turn of the loop, which a [StateStore] writes all or none: statements with
/// their values, in order, and nothing that refers to live state. Made by the loop's thread, then
/// read by the one that writes.
public final class UnitOfWork {

  /// A value that is made when it is written, of something immutable: a unit of many rows holds
  /// references then, and not their texts a second time.
  public interface Late {
    @Nullable Object value();
  }

  /// A statement with its values: texts, numbers, truth values, times as milliseconds since the
  /// epoch, what is made late, or null.
  public record Change(String sql, List<@Nullable Object> values) {}

  private final long number;
  private final List<Change> changes = new ArrayList<>();

  UnitOfWork(long number) {
    this.number = number;
  }

  /// Its number, from 1, counted since the process started.
  public long number() {
    return number;
  }

  /// Adds a change.
  ///
  /// @param values texts, numbers, truth values, [Instant]s, [Late] ones, or null. A time that is
  ///   too far away for milliseconds is written as the furthest
  public void add(String sql, @Nullable Object... values) {
    List<@Nullable Object> bound = new ArrayList<@Nullable Object>(values.length);
    for (Object value : values) {
      bound.add(value instanceof Instant at ? (Object) millis(at) : value);
    }
    changes.add(new Change(sql, Collections.unmodifiableList(bound)));
  }

  private static long millis(Instant at) {
    try {
      return at.toEpochMilli();
    } catch (ArithmeticException e) {
      return at.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /// What was added, in order; a view.
  public List<Change> changes() {
    return changes;
  }

  /// Takes back what was added since there were so many changes.
  void truncate(int size) {
    changes.subList(size, changes.size()).clear();
  }
}
