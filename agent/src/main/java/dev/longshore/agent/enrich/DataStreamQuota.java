package dev.longshore.agent.enrich;

import dev.longshore.agent.event.ContainerRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Which datasets the containers of this node have been given, and no more than a limit. A dataset
/// is free again when the last container that has it is gone. Synchronized: containers come and go
/// on the reading thread, tests look from theirs.
final class DataStreamQuota {
  private final int maxDatasets;
  private final Map<String, Set<ContainerRef>> containers = new HashMap<>();
  private final Map<ContainerRef, String> datasets = new HashMap<>();

  DataStreamQuota(int maxDatasets) {
    this.maxDatasets = maxDatasets;
  }

  /// Gives a container a dataset, in place of the one that it had.
  ///
  /// @return false when there are as many others as there may be; the container has none then
  synchronized boolean take(ContainerRef container, String dataset) {
    if (!dataset.equals(datasets.get(container))) {
      release(container);
    }
    Set<ContainerRef> having = containers.get(dataset);
    if (having == null) {
      if (containers.size() >= maxDatasets) {
        return false;
      }
      having = new HashSet<>();
      containers.put(dataset, having);
    }
    having.add(container);
    datasets.put(container, dataset);
    return true;
  }

  /// The container has no dataset of its own, or is gone.
  synchronized void release(ContainerRef container) {
    String dataset = datasets.remove(container);
    if (dataset == null) {
      return;
    }
    Set<ContainerRef> having = containers.get(dataset);
    if (having != null && having.remove(container) && having.isEmpty()) {
      containers.remove(dataset);
    }
  }

  /// How many datasets are given away.
  synchronized int datasets() {
    return containers.size();
  }

  /// How many entries its maps have.
  synchronized int entries() {
    return containers.size() + datasets.size();
  }
}
