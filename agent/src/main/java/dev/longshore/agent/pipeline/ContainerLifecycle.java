package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Ledger;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Which containers have files, and which are about to leave: a container's account and its pod's
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

  /// Records of the container are in the queue whatever became of its files: it leaves with them,
  /// unless it has files.
  void hasRecords(ContainerRef container) {
    if (!files.containsKey(container)) {
      leaving.add(container);
    }
  }

  /// A file of the container was opened.
  void came(ContainerRef container) {
    files.merge(container, 1, Integer::sum);
    leaving.remove(container);
  }

  /// A file of the container is gone.
  void went(ContainerRef container) {
    if (files.merge(container, -1, Integer::sum) <= 0) {
      files.remove(container);
      leaving.add(container);
    }
  }

  /// Lets go of the containers that have nothing in the queue any more.
  ///
  /// @param left told of each
  void settle(Consumer<ContainerRef> left) {
    leaving.removeIf(
        container -> {
          if (!ledger.close(container)) {
            return false;
          }
          metadata.drained(container);
          left.accept(container);
          return true;
        });
  }
}
