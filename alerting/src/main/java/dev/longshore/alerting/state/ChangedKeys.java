package dev.longshore.alerting.state;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/// The keys of rows that are to be written: those that changed since the last unit of work, and
/// those that are in the unit which is being written. Owned by the loop's thread.
public final class ChangedKeys<K> {
  private final Set<K> changed = new LinkedHashSet<>();
  private final Set<K> beingWritten = new LinkedHashSet<>();

  public void add(K key) {
    changed.add(key);
  }

  public void addAll(Collection<? extends K> keys) {
    changed.addAll(keys);
  }

  /// Whether nothing waits for the next unit.
  public boolean isEmpty() {
    return changed.isEmpty();
  }

  /// Hands the keys over to the unit that is being made.
  public Set<K> take() {
    beingWritten.addAll(changed);
    Set<K> taken = new LinkedHashSet<>(changed);
    changed.clear();
    return taken;
  }

  /// The unit is durable.
  public void written() {
    beingWritten.clear();
  }

  /// The unit was not written: its keys are in the next.
  public void notWritten() {
    changed.addAll(beingWritten);
    beingWritten.clear();
  }
}
