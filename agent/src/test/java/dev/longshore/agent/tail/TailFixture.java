package dev.longshore.agent.tail;

import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node's log folder, a tail over it and a reader, driven by hand: time passes in [#pass] only.
/// Without inotify, unless asked for, so that each look at the folders is one of ours.
final class TailFixture implements AutoCloseable {
  static final Duration POLL = Duration.ofMillis(100);

  final Path root;
  final ManualClock clock = new ManualClock();
  final RecordingReader reader = new RecordingReader();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final TailMetrics metrics = new TailMetrics(registry);
  final MemoryBudget.Share memory;
  private final TailConfig config;
  private final boolean inotify;
  Tail tail;

  /// How often each folder was listed.
  final Map<Path, Integer> listings = new HashMap<>();

  /// The disk under the log files.
  final FailingFiles files = new FailingFiles();

  /// What is said to stand in each folder besides what does.
  final Map<Path, Path> phantoms = new HashMap<>();

  /// Folders that can't be listed, and why.
  final Map<Path, IOException> unlistable = new HashMap<>();

  private @Nullable Path changing;
  private int changes;
  private Change afterListing = () -> {};

  /// Something that happens in a folder.
  interface Change {
    void next() throws IOException;
  }

  TailFixture(Path root) throws IOException {
    this(root, List.of("pods/*/*/*.log"), DataSize.ofMiB(64), false);
  }

  /// With inotify: folders are listed and quiet files asked for their size only seldom.
  static TailFixture withInotify(Path root) throws IOException {
    return new TailFixture(root, List.of("pods/*/*/*.log"), DataSize.ofMiB(64), true);
  }

  TailFixture(Path root, List<String> patterns, DataSize maxHeld, boolean inotify)
      throws IOException {
    this(root, patterns, maxHeld, inotify, 64L << 20);
  }

  /// @param patterns below `root`
  /// @param memoryBytes what compressed files may take
  TailFixture(Path root, List<String> patterns, DataSize maxHeld, boolean inotify, long memoryBytes)
      throws IOException {
    this.root = root.toRealPath();
    this.inotify = inotify;
    memory = new MemoryBudget(memoryBytes).share("decompression", 0);
    config =
        new TailConfig(
            patterns.stream().map(p -> this.root + "/" + p).toList(),
            POLL,
            inotify ? Duration.ofSeconds(10) : POLL,
            Duration.ofSeconds(2),
            maxHeld,
            List.of(this.root.resolve("allowed")));
    Files.createDirectories(this.root.resolve("pods"));
    tail = open();
  }

  private Tail open() {
    return new Tail(
        config,
        clock,
        reader,
        metrics,
        memory,
        () -> {
          if (inotify) {
            return Inotify.open();
          }
          throw new IOException("User limit of inotify instances reached or too many open files");
        },
        folder -> {
          listings.merge(folder, 1, Integer::sum);
          IOException refusal = unlistable.get(folder);
          if (refusal != null) {
            throw refusal;
          }
          List<Path> entries = Discovery.inFileSystem(folder);
          Path phantom = phantoms.get(folder);
          if (phantom != null) {
            entries.add(phantom);
          }
          if (folder.equals(changing) && changes > 0) {
            changes--;
            afterListing.next();
          }
          return entries;
        },
        files);
  }

  /// The next so many times something happens in a log's folder after its names were listed, before
  /// the files are asked for.
  void afterListing(Log log, int times, Change change) {
    changing = log.live.resolveSibling("");
    changes = times;
    afterListing = change;
  }

  TailFixture start() {
    tail.start();
    turn();
    return this;
  }

  /// One poll, and what it makes readable.
  ///
  /// @return how many bytes were consumed
  int turn() {
    return reader.turn(tail);
  }

  void stop() {
    tail.close();
    reader.forgetFiles();
  }

  void restart() {
    stop();
    tail = open();
    start();
  }

  /// A container's log with the kubelet's names.
  Log log(String pod, String container) throws IOException {
    Path folder = root.resolve("pods/shop_" + pod + "_0f1e2d3c-4b5a/" + container);
    Files.createDirectories(folder);
    return new Log(folder.resolve("0.log"));
  }

  /// One look at everything, and whatever it makes due at once.
  void look() {
    clock.advance(POLL);
    int idle = 0;
    while (idle < 3) {
      idle = turn() > 0 ? 0 : idle + 1;
    }
  }

  void pass(Duration duration) {
    for (Duration t = Duration.ZERO; t.compareTo(duration) < 0; t = t.plus(POLL)) {
      look();
    }
  }

  /// What is shown as ignored.
  List<Path> ignored() {
    return paths(FileStatus.State.IGNORED);
  }

  /// What is shown as unreadable.
  List<Path> unreadable() {
    return paths(FileStatus.State.UNREADABLE);
  }

  private List<Path> paths(FileStatus.State state) {
    return tail.status().stream().filter(s -> s.state() == state).map(FileStatus::path).toList();
  }

  double counted(String name) {
    return registry.get("longshore.agent.tail." + name).counter().count();
  }

  double gauged(String name) {
    return registry.get("longshore.agent.tail." + name).gauge().value();
  }

  @Override
  public void close() {
    tail.close();
  }
}
