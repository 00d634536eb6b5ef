package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Containers that come and go leave nothing behind: no map, list or set of the agent has grown.
///
/// `-Dlongshore.containers=100000` for more of them: each costs most of a millisecond of CPU time,
/// a third of it for its file.
class ChurnTest {
  private static final int CONTAINERS = Integer.getInteger("longshore.containers", 5_000);

  /// Fewer than the 512 events that the JDK keeps of a folder: beyond, all is scanned each time.
  private static final int AT_ONCE = 500;

  /// What is there without any container: patterns, folders, the streams of a file.
  private static final int CONSTANT = 16;

  /// The environment of the process, the names of patterns, two caches with bounds of their own,
  /// what the queue's current file holds, which goes with it, and the Elasticsearch of the test.
  private static final Set<String> KNOWN =
      Set.of(
          "AccessFiles.environment",
          "PolicyConfig.redactions",
          "SnapshotCache.snapshots",
          "RecentFields.fields",
          "WrittenSnapshots.positions",
          "PendingFile.numberOfOwner",
          "PendingFile.owners",
          "MemoryElastic.ids");

  @TempDir Path folder;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
    fixture.pattern = "app/*.log";
    fixture.rotateGrace = Duration.ZERO;
    Files.createDirectories(fixture.root.resolve("app"));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void containersThatComeAndGoLeaveNothingBehind() throws Exception {
    fixture.start();
    for (int first = 0; first < CONTAINERS; first += AT_ONCE) {
      wave(first);
      fixture.elastic.clear();
    }
    // A log is forgotten with the scan after that of its last file.
    fixture.pass(Duration.ofSeconds(1));
    assertThat(grown()).isEmpty();
  }

  private void wave(int first) throws IOException {
    Path app = fixture.root.resolve("app");
    for (int i = first; i < first + AT_ONCE; i++) {
      Files.writeString(app.resolve("job-" + i + ".log"), "job " + i + "\n");
    }
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::indexed) == AT_ONCE);
    for (int i = first; i < first + AT_ONCE; i++) {
      Files.delete(app.resolve("job-" + i + ".log"));
    }
    fixture.until(PipelineFixture.SOON, () -> fixture.ledger.accounts().isEmpty());
  }

  /// The collections that the path of a line reaches and that hold more than they do without
  /// containers: class and field, with their sizes.
  private Map<String, Integer> grown() throws IllegalAccessException {
    Map<String, Integer> grown = new TreeMap<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>();
    open.add(fixture.pipeline());
    open.add(fixture.ledger);
    while (!open.isEmpty()) {
      Object owner = open.remove();
      if (!seen.add(owner)) {
        continue;
      }
      for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
        if (type.getName().startsWith("dev.longshore.agent.")) {
          for (Field field : type.getDeclaredFields()) {
            look(owner, field, grown, open);
          }
        }
      }
    }
    return grown;
  }

  private static void look(
      Object owner, Field field, Map<String, Integer> grown, Deque<Object> open)
      throws IllegalAccessException {
    if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
      return;
    }
    field.setAccessible(true);
    Object value = field.get(owner);
    int size =
        switch (value) {
          case Map<?, ?> map -> map.size();
          case Collection<?> collection -> collection.size();
          case null, default -> 0;
        };
    String name = owner.getClass().getSimpleName() + "." + field.getName();
    if (size > CONSTANT && !KNOWN.contains(name)) {
      grown.put(name, size);
    }
    if (value != null && value.getClass().getName().startsWith("dev.longshore.agent.")) {
      open.add(value);
    }
    if (value instanceof Collection<?> collection && size <= CONSTANT) {
      open.addAll(collection.stream().filter(it -> it != null).toList());
    }
  }
}
