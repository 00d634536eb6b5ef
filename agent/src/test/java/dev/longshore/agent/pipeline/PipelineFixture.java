package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.buffer.BufferConfig;
import dev.longshore.agent.buffer.BufferMetrics;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.enrich.EnrichMetrics;
import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.PolicyConfig;
import dev.longshore.agent.enrich.UnknownPodPolicy;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.event.WorkloadErrors;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.agent.ship.Dispatcher;
import dev.longshore.agent.ship.RefreshIntervals;
import dev.longshore.agent.ship.ShipConfig;
import dev.longshore.agent.ship.ShipMetrics;
import dev.longshore.agent.ship.encode.Encoder;
import dev.longshore.agent.tail.FileStatus;
import dev.longshore.agent.tail.Tail;
import dev.longshore.agent.tail.TailConfig;
import dev.longshore.agent.tail.TailMetrics;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.RecordedExit;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node with the path of a line: real files, tail, framing, buffer and shipping, and an
/// Elasticsearch in memory. It can be stopped, killed and started again over the same folders.
///
/// The test's own thread takes the turns of reading and shipping, in steps of a clock that stands
/// still between them: what a test waits for happens in [#until], and nowhere else. With
/// [#withThreads] the product's threads and the machine's clock do it.
final class PipelineFixture implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(20);
  static final Duration DRAIN = Duration.ofSeconds(10);

  /// How many turns there are at the most before time passes.
  private static final int TURNS = 2;

  /// How much time passes between two steps.
  private static final Duration BUSY = Duration.ofMillis(2);

  private static final Duration IDLE = Duration.ofMillis(10);

  final Path root;
  final MemoryElastic elastic = new MemoryElastic();
  final TestClock clock;
  private final boolean threads;

  /// What a test may change before [#start].
  FrameConfig frame =
      new FrameConfig(DataSize.ofMiB(1), "auto", Duration.ofMillis(250), Duration.ofMillis(300));

  DataSize bufferMaxSize = DataSize.ofMiB(32);

  /// What the memory budget has beyond the reserves of its shares.
  long memoryBytes = 64 << 20;

  DataSize bufferMinFree = DataSize.ofMiB(1);
  PolicyConfig policy = PolicyConfig.defaults();
  Filters filters = Filters.NONE;
  KubernetesConfig kubernetes =
      new KubernetesConfig(
          false,
          null,
          Duration.ofMillis(500),
          UnknownPodPolicy.SHIP,
          DataSize.ofKiB(16),
          List.of(),
          false);
  String pattern = "pods/*/*/*.log";
  Duration rotateGrace = Duration.ofSeconds(1);
  DataSize maxHeld = DataSize.ofMiB(64);

  Ledger ledger = new Ledger();
  WorkloadErrors errors = new WorkloadErrors();
  MemoryBudget memory = new MemoryBudget(1);
  SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /// Where framing counts, if not in the registry of all others.
  @Nullable MeterRegistry frameRegistry;

  private Path bufferFolder;
  private final RecordedExit exit = new RecordedExit();
  private int kills;
  private @Nullable Buffer buffer;
  private @Nullable Metadata metadata;
  private @Nullable Pipeline pipeline;

  PipelineFixture(Path folder) throws IOException {
    this(folder, false);
  }

  /// With the product's own threads, in the machine's time.
  static PipelineFixture withThreads(Path folder) throws IOException {
    return new PipelineFixture(folder, true);
  }

  private PipelineFixture(Path folder, boolean threads) throws IOException {
    this.threads = threads;
    clock = threads ? new ShiftedClock() : new SteppedClock();
    root = folder.toRealPath();
    bufferFolder = root.resolve("buffer-0");
    Files.createDirectories(root.resolve("pods"));
  }

  /// A container's log under the kubelet's names, in namespace `shop`.
  PodLog log(String pod, String container) throws IOException {
    return log(pod, "0f1e2d3c-4b5a", container);
  }

  PodLog log(String pod, String uid, String container) throws IOException {
    return logAt(root.resolve("pods/shop_" + pod + "_" + uid + "/" + container + "/0.log"));
  }

  PodLog logAt(Path live) throws IOException {
    return new PodLog(live, clock.now());
  }

  /// Where a thread that fails would end the process.
  RecordedExit exit() {
    return exit;
  }

  PipelineFixture start() {
    registry = new SimpleMeterRegistry();
    long reservedBytes =
        RecordMemory.reserveBytes(frame.maxRecord())
            + Tail.DECOMPRESSION_RESERVE_BYTES
            + Buffer.SNAPSHOTS_RESERVE_BYTES
            + Dispatcher.MEMORY_RESERVE.bytes();
    memory = new MemoryBudget(reservedBytes + memoryBytes);
    Supervisor supervisor = new Supervisor(clock, exit);
    ledger = new Ledger();
    Buffer opened =
        Buffer.open(
            new BufferConfig(bufferFolder, bufferMaxSize, bufferMinFree, false),
            memory.share("snapshots", Buffer.SNAPSHOTS_RESERVE_BYTES),
            clock,
            new BufferMetrics(registry));
    Metadata known =
        new Metadata(
            kubernetes,
            policy,
            "node-1",
            "lab",
            bufferFolder.resolve("metadata"),
            threads ? clock : Clock.system(),
            new EnrichMetrics(registry),
            supervisor);
    ShipConfig ship =
        new ShipConfig(
            ShipConfig.DEFAULT_DATA_STREAM,
            DataSize.ofMiB(4),
            2,
            Duration.ofDays(1),
            null,
            ObjectMapping.FLATTENED,
            List.of());
    errors = new WorkloadErrors();
    Encoder encoder =
        new Encoder(registry, LevelNames.NONE, RedactConfig.defaults(), filters, errors);
    Dispatcher dispatcher =
        new Dispatcher(
            ship,
            opened,
            encoder,
            elastic,
            new InDoubtResolver(elastic, new OneGeneration(), Runnable::run, clock),
            new DiskStore(bufferFolder.resolve("dead-letters"), DataSize.ofMiB(8)),
            new RefreshIntervals(_ -> Optional.of(Duration.ofSeconds(1)), Runnable::run, clock),
            ledger,
            memory.share("batches", Dispatcher.MEMORY_RESERVE.bytes()),
            clock,
            RandomGenerator.getDefault(),
            new ShipMetrics(registry),
            supervisor);
    TailConfig tail =
        new TailConfig(
            List.of(root + "/" + pattern),
            Duration.ofMillis(20),
            Duration.ofMillis(500),
            rotateGrace,
            maxHeld,
            List.of());
    Pipeline made =
        new Pipeline(
            new Pipeline.Settings(
                tail, frame, ship, bufferMaxSize, kubernetes.metadataWait(), "node-1", "lab"),
            opened,
            known,
            dispatcher,
            ledger,
            memory,
            new TailMetrics(registry),
            new FrameMetrics(frameRegistry == null ? registry : frameRegistry),
            new PipelineMetrics(registry),
            clock,
            supervisor);
    buffer = opened;
    metadata = known;
    pipeline = made;
    known.start();
    if (threads) {
      made.start();
    } else {
      awaitApiServer(known);
      made.begin();
    }
    return this;
  }

  /// The API server answers in its own time, in which none passes here.
  private void awaitApiServer(Metadata known) {
    if (kubernetes.enabled()) {
      await()
          .atMost(SOON)
          .until(() -> known.status().connected() || known.status().lastError() != null);
    }
  }

  /// Lets reading and shipping go on until the condition holds.
  ///
  /// @param atMost how long that may take, by [#clock]
  void until(Duration atMost, Callable<Boolean> condition) {
    if (threads) {
      await().atMost(atMost).until(condition);
      return;
    }
    long deadlineNanos = clock.nanoTime() + atMost.toNanos();
    while (!holds(condition)) {
      assertThat(clock.nanoTime())
          .as(() -> "in time; files: " + pipeline().files())
          .isLessThan(deadlineNanos);
      step();
    }
  }

  /// The condition holds all the time.
  void during(Duration time, Callable<Boolean> condition) {
    if (threads) {
      await().during(time).atMost(time.plus(SOON)).until(condition);
      return;
    }
    long endNanos = clock.nanoTime() + time.toNanos();
    while (clock.nanoTime() < endNanos) {
      assertThat(holds(condition)).isTrue();
      step();
    }
  }

  /// Lets time pass.
  void pass(Duration time) {
    during(time, () -> true);
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new AssertionError("the condition could not be asked", e);
    }
  }

  /// Some turns of reading and shipping, as they take each other's place, and then a little time.
  private void step() {
    Pipeline running = pipeline();
    boolean busy = true;
    for (int turn = 0; turn < TURNS && busy; turn++) {
      busy = running.turn().isZero();
      busy |= running.dispatcher().turn() > 0;
    }
    clock.leap(busy ? BUSY : IDLE);
  }

  Pipeline pipeline() {
    return running(pipeline);
  }

  Buffer buffer() {
    return running(buffer);
  }

  Metadata metadata() {
    return running(metadata);
  }

  /// Where the buffer lies; another one after each [#kill].
  Path bufferFolder() {
    return bufferFolder;
  }

  private static <T> T running(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("it is not started");
    }
    return part;
  }

  /// The graceful end.
  ///
  /// @return whether all was delivered
  boolean stop() {
    return stop(DRAIN);
  }

  boolean stop(Duration timeout) {
    boolean drained = threads ? pipeline().stop(timeout) : stopStepping(timeout);
    if (drained) {
      assertLedger();
    }
    end();
    return drained;
  }

  /// What [Pipeline#stop] does, in steps.
  private boolean stopStepping(Duration timeout) {
    Pipeline running = pipeline();
    long endNanos = clock.nanoTime() + timeout.toNanos();
    long readingEndNanos = clock.nanoTime() + timeout.toNanos() / 2;
    running.drain();
    do {
      step();
    } while (clock.nanoTime() < readingEndNanos && !running.isDrained());
    running.abandon();
    CountDownLatch pending = running.dispatcher().beginDrain();
    while (pending.getCount() > 0 && clock.nanoTime() < endNanos) {
      if (running.dispatcher().turn() == 0) {
        clock.leap(IDLE);
      }
    }
    return pending.getCount() == 0;
  }

  /// Ends as by SIGKILL: what is open is not closed, and the next start sees the folder as it was.
  void kill() throws IOException {
    pipeline().close();
    Path next = root.resolve("buffer-" + ++kills);
    try (Stream<Path> all = Files.walk(bufferFolder)) {
      for (Path from : all.toList()) {
        Files.copy(from, next.resolve(bufferFolder.relativize(from)));
      }
    }
    end();
    bufferFolder = next;
  }

  private void end() {
    pipeline().close();
    running(metadata).close();
    buffer().close();
    pipeline = null;
  }

  /// Waits until exactly these messages were indexed, in any order, each once, and nothing else is
  /// under way; then the ledger has to balance.
  void expect(String... messages) {
    expect(List.of(messages));
  }

  void expect(List<String> messages) {
    List<String> sorted = messages.stream().sorted().toList();
    until(SOON, () -> elastic.count() >= messages.size());
    quiet();
    assertThat(indexed()).isEqualTo(sorted);
    assertLedger();
  }

  private List<String> indexed() {
    return elastic.messages().stream().sorted().toList();
  }

  /// What open and long records hold of the memory budget.
  MemoryBudget.Share records() {
    return memory.shares().stream()
        .filter(share -> share.name().equals("records"))
        .findFirst()
        .orElseThrow();
  }

  /// How many files wait for this reason, as the gauge has it.
  double paused(PauseReason reason) {
    return registry
        .get("longshore.agent.reading.paused")
        .tag("reason", reason.label())
        .gauge()
        .value();
  }

  /// Waits until everything that was read is acknowledged.
  void quiet() {
    until(SOON, () -> buffer().pendingBlocks() == 0 && sum(Account::buffered) == 0);
  }

  /// With an empty queue, per container: recovered + read = the outcomes, and no byte is left.
  void assertLedger() {
    until(SOON, () -> buffer().pendingBlocks() == 0);
    for (Account account : ledger.accounts()) {
      assertThat(account.buffered()).as("records of %s", account.container()).isZero();
      assertThat(account.bufferedBytes()).as("bytes of %s", account.container()).isZero();
    }
    assertThat(buffer().pendingPayloadBytes()).isZero();
  }

  long sum(ToLongFunction<Account> what) {
    return ledger.accounts().stream().mapToLong(what).sum();
  }

  /// Waits until everything that lies in the files is consumed by the reading thread.
  void allRead() {
    until(
        SOON,
        () -> {
          List<FileView> files = pipeline().files();
          return !files.isEmpty() && files.stream().allMatch(PipelineFixture::isRead);
        });
  }

  private static boolean isRead(FileView file) {
    FileStatus status = file.status();
    try {
      long sizeBytes =
          Files.exists(status.path()) && !status.path().toString().endsWith(".gz")
              ? Files.size(status.path())
              : 0;
      return status.generation() != null
          && status.lagBytes() == 0
          && sizeBytes <= status.readOffset();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (pipeline != null) {
      end();
    }
  }
}
