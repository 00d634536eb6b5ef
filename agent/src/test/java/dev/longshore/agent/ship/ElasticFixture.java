package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.PreparedTransport;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.agent.ship.encode.Encoder;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.ElasticGenerations;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.RecordedExit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Shipping as the agent wires it, on its own thread, with a queue in memory.
final class ElasticFixture implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  final Ledger ledger = new Ledger();
  final InMemoryBlockSource source = new InMemoryBlockSource(ledger);
  final DiskStore disk;
  private final AtomicReference<Elastic> elastic;
  private final Dispatcher dispatcher;

  ElasticFixture(ElasticConfig config, Path folder) {
    this(config, folder, transport -> transport);
  }

  /// @param way what stands between shipping and the connection
  ElasticFixture(ElasticConfig config, Path folder, UnaryOperator<BulkTransport> way) {
    this(config, folder, way, ShipConfig.defaults());
  }

  ElasticFixture(
      ElasticConfig config, Path folder, UnaryOperator<BulkTransport> way, ShipConfig ship) {
    Clock clock = Clock.system();
    elastic = new AtomicReference<>(new Elastic(config, clock));
    disk = new DiskStore(folder, DataSize.ofMiB(16));
    Encoder encoder = new Encoder();
    BulkTransport transport =
        new PreparedTransport(
            way.apply(
                (stream, body, length, items, withIndexNames) ->
                    elastic.get().bulk(stream, body, length, items, withIndexNames)),
            _ -> true,
            stream -> ship.indexTemplate(elastic.get(), stream).install(),
            Thread::startVirtualThread,
            clock);
    dispatcher =
        new Dispatcher(
            ship,
            source,
            encoder,
            transport,
            new InDoubtResolver(
                transport,
                new ElasticGenerations(elastic.get()),
                Thread::startVirtualThread,
                clock,
                Duration.ofSeconds(2)),
            disk,
            new RefreshIntervals(_ -> Optional.of(Duration.ofSeconds(1)), Runnable::run, clock),
            ledger,
            new MemoryBudget(64 << 20).share("batches", Dispatcher.MEMORY_RESERVE.bytes()),
            clock,
            new Random(1),
            new ShipMetrics(new SimpleMeterRegistry()),
            new Supervisor(clock, new RecordedExit()));
  }

  ElasticFixture start() {
    dispatcher.start();
    return this;
  }

  long add(Block block) {
    long reference = source.add(block);
    dispatcher.wakeup();
    return reference;
  }

  /// From now on documents go over another connection.
  void connect(ElasticConfig config) {
    elastic.getAndSet(new Elastic(config, Clock.system())).close();
  }

  Elastic elastic() {
    return elastic.get();
  }

  Account account() {
    return ledger.account(InMemoryBlockSource.CHECKOUT);
  }

  /// Waits until all blocks are acknowledged, and sees that the ledger balances. The queue lets a
  /// block go before the ledger does.
  void awaitAllAcknowledged() {
    await("all blocks acknowledged; " + dispatcher.status())
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(source.acknowledged())
                  .as(() -> dispatcher.status().toString())
                  .hasSize(source.blocks());
              assertThat(account().bufferedBytes()).as("bytes buffered").isZero();
            });
    assertThat(account().buffered()).as("records buffered").isZero();
  }

  /// Waits until a data stream is held back, and gives the reason.
  String awaitPaused(String dataStream) {
    return await("a pause of " + dataStream)
        .atMost(LIMIT)
        .until(() -> paused(dataStream), reason -> !reason.isEmpty());
  }

  /// Why a data stream is held back; empty when it is not.
  String paused(String dataStream) {
    DestinationStatus status = status(dataStream);
    String reason = status == null ? null : status.paused();
    return reason == null ? "" : reason;
  }

  @Nullable DestinationStatus status(String dataStream) {
    return dispatcher.status().destinations().stream()
        .filter(destination -> destination.dataStream().equals(dataStream))
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() throws IOException {
    dispatcher.close();
    elastic.get().close();
  }
}
