package dev.longshore.agent.pipeline;

import dev.longshore.shared.elastic.Generations;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Data streams that have never rolled over.
final class OneGeneration implements Generations {
  @Override
  public List<Generation> of(String dataStream) {
    return List.of(new Generation(".ds-" + dataStream + "-000001", 0));
  }

  @Override
  public Set<String> present(List<String> indices, List<String> ids) {
    return Set.of();
  }

  @Override
  public void delete(String index, Collection<String> ids) {
    throw new IllegalStateException("nothing is to be deleted from " + index);
  }
}
