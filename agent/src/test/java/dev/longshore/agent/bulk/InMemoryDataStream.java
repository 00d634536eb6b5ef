package dev.longshore.agent.bulk;

import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.Generations;
import dev.longshore.shared.elastic.ItemFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A data stream in memory that conflicts as the real one does: within its write index only. Used
/// by one thread at a time.
public final class InMemoryDataStream implements BulkTransport, Generations {
  private final List<Generation> generations = new ArrayList<>();
  private final Map<String, Set<String>> ids = new LinkedHashMap<>();

  /// Runs once, before the next request is carried out.
  public Runnable beforeNext = () -> {};

  /// Thrown by whatever is asked about generations, while set.
  public @Nullable IOException failure;

  /// Of deletions alone.
  public @Nullable IOException deleteFailure;

  public int questions;
  public int lookups;
  public int items;

  /// The first backing index, made long ago.
  public InMemoryDataStream() {
    rollOver(0);
  }

  public void rollOver(long epochMillis) {
    Generation next = new Generation(".ds-logs-" + (generations.size() + 1), epochMillis);
    generations.add(next);
    ids.put(next.name(), new HashSet<>());
  }

  /// How often documents are there, over all backing indices.
  public int copies(String id) {
    return (int) ids.values().stream().filter(index -> index.contains(id)).count();
  }

  @Override
  public CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
    Runnable before = beforeNext;
    beforeNext = () -> {};
    before.run();
    String index = generations.getLast().name();
    short[] statuses = new short[items];
    @Nullable String[] names = new @Nullable String[items];
    List<ItemFailure> failures = new ArrayList<>();
    String[] lines = new String(body, 0, length, StandardCharsets.UTF_8).split("\n", -1);
    for (int item = 0; item < items; item++) {
      this.items++;
      names[item] = index;
      statuses[item] = 201;
      if (lines[2 * item + 1].contains("refused")) {
        statuses[item] = 400;
        failures.add(new ItemFailure(item, 400, "document_parsing_exception", "no", false));
      } else if (!holding(index).add(id(lines[2 * item]))) {
        statuses[item] = 409;
        failures.add(
            new ItemFailure(item, 409, "version_conflict_engine_exception", "there", false));
      }
    }
    return CompletableFuture.completedFuture(new BulkReply.Answered(statuses, failures, names));
  }

  @Override
  public List<Generation> of(String dataStream) throws IOException {
    questions++;
    fail();
    return List.copyOf(generations);
  }

  @Override
  public Set<String> present(List<String> indices, List<String> wanted) throws IOException {
    lookups++;
    fail();
    Set<String> found = new HashSet<>();
    for (String index : indices) {
      wanted.stream().filter(holding(index)::contains).forEach(found::add);
    }
    return found;
  }

  @Override
  public void delete(String index, Collection<String> gone) throws IOException {
    fail();
    if (deleteFailure != null) {
      throw deleteFailure;
    }
    holding(index).removeAll(gone);
  }

  private Set<String> holding(String index) {
    return ids.computeIfAbsent(index, name -> new HashSet<>());
  }

  private void fail() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  /// The `_id` in an item's action line.
  public static String id(String item) {
    return item.substring(item.indexOf("_id\":\"") + 6, item.indexOf("\"}"));
  }
}
