package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Ledger;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Which containers have files, and which are about to leave: a container's books and its pod's
/// metadata are kept until its files are gone and its records have all left the queue. Owned by the
/// reading thread.
final class ContainerLifecycle {
  private final Ledger ledger;
  private final Metadata metadata;
  private final Map<ContainerRef, Integer> files = new HashMap<>();
  private final Set<ContainerRef> leaving = new LinkedHashSet<>();

  ContainerLifecycle(Ledger ledger, Metadata metadata) {
    this.ledger = ledger;
    this.metadata = metadata;
  }

  /// An earlier run left records of the container in the queue: it leaves with them, unless it has
  /// files.
  void recovered(ContainerRef container) {
    leaving.add(container);
  }

  /// A file of the container was opened.
  void came(ContainerRef container) {
    files.merge(container, 1, Integer::sum);
    leaving.remove(container);
  }

  /// A file of the container is gone.
  ///
  /// @return whether it was the last
  boolean went(ContainerRef container) {
    if (files.merge(container, -1, Integer::sum) > 0) {
      return false;
    }
    files.remove(container);
    leaving.add(container);
    return true;
  }

  /// Lets go of the containers that have nothing in the queue any more.
  void settle() {
    leaving.removeIf(
        container -> {
          if (!ledger.close(container)) {
            return false;
          }
          metadata.drained(container);
          return true;
        });
  }
}
