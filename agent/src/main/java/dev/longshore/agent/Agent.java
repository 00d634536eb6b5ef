package dev.longshore.agent;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.buffer.BufferMetrics;
import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.PreparedTransport;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.enrich.EnrichMetrics;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.ops.LedgerCollector;
import dev.longshore.agent.ops.StatusPage;
import dev.longshore.agent.pipeline.Pipeline;
import dev.longshore.agent.pipeline.PipelineMetrics;
import dev.longshore.agent.pipeline.WatermarkPublisher;
import dev.longshore.agent.ship.Dispatcher;
import dev.longshore.agent.ship.ShipMetrics;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.agent.ship.encode.EncodeMetrics;
import dev.longshore.agent.ship.encode.Encoder;
import dev.longshore.agent.tail.TailMetrics;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticGenerations;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.ops.ProcessMetrics;
import dev.longshore.shared.ops.Readiness;
import dev.longshore.shared.ops.ReadinessCheck;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent, wired: what is made of what, in which order it starts and ends.
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final Duration drainTimeout;
  private final Buffer buffer;
  private final Metadata metadata;
  private final Elastic elastic;
  private final Pipeline pipeline;
  private final WatermarkPublisher watermarks;
  private final ProcessMetrics process;
  private final OpsServer ops;

  private Agent(
      Duration drainTimeout,
      Buffer buffer,
      Metadata metadata,
      Elastic elastic,
      Pipeline pipeline,
      WatermarkPublisher watermarks,
      ProcessMetrics process,
      OpsServer ops) {
    this.drainTimeout = drainTimeout;
    this.buffer = buffer;
    this.metadata = metadata;
    this.elastic = elastic;
    this.pipeline = pipeline;
    this.watermarks = watermarks;
    this.process = process;
    this.ops = ops;
  }

  /// Opens the buffer and makes everything else; nothing runs yet.
  ///
  /// @throws RuntimeException that says what is in the way, for example a folder held by another
  ///   process
  public static Agent of(AgentConfig config, Clock clock) {
    // The other half of the heap is for garbage, for what does not grow, and for libraries.
    MemoryBudget memory = new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
    Meters meters = new Meters();
    var registry = meters.registry();
    ProcessMetrics process = new ProcessMetrics(registry);
    Ledger ledger = new Ledger();
    meters.register(new LedgerCollector(ledger));

    DataSize forLetters = DiskStore.share(config.buffer().maxSize());
    Buffer buffer =
        Buffer.open(config.buffer().without(forLetters), clock, new BufferMetrics(registry));
    Metadata metadata =
        new Metadata(
            config.kubernetes(),
            config.nodeName(),
            config.clusterName(),
            config.buffer().dir().resolve("metadata"),
            clock,
            new EnrichMetrics(registry));
    Elastic elastic = new Elastic(config.elastic(), clock);
    DiskStore deadLetters = new DiskStore(DiskStore.folderIn(config.buffer().dir()), forLetters);
    Encoder encoder = new Encoder(new EncodeMetrics(registry));
    BulkTransport transport =
        new PreparedTransport(
            elastic::bulk,
            config.ship()::ownsTemplateOf,
            stream -> new DataStreamTemplate(elastic, stream, config.ship().retention()).install(),
            Thread::startVirtualThread,
            clock);
    Dispatcher dispatcher =
        new Dispatcher(
            config.ship(),
            buffer,
            buffer::awaitData,
            encoder::encode,
            transport,
            new InDoubtResolver(
                transport, new ElasticGenerations(elastic), Thread::startVirtualThread, clock),
            deadLetters,
            ledger,
            memory.share("batches", Dispatcher.MEMORY_RESERVE.bytes()),
            clock,
            RandomGenerator.getDefault(),
            new ShipMetrics(registry));
    Pipeline pipeline =
        new Pipeline(
            new Pipeline.Settings(
                config.tail(),
                config.frame(),
                config.ship(),
                config.buffer().maxSize(),
                config.kubernetes().metadataWait(),
                config.nodeName(),
                config.clusterName()),
            buffer,
            metadata,
            dispatcher,
            ledger,
            memory,
            new TailMetrics(registry),
            new FrameMetrics(registry),
            new PipelineMetrics(registry),
            memory.share("records", Pipeline.recordsReserveBytes(config.frame())),
            clock);
    OpsServer ops =
        new OpsServer(
            config.ops(),
            clock,
            meters,
            List.of(
                new ReadinessCheck("reading", () -> reading(pipeline)),
                new ReadinessCheck("elasticsearch", () -> shipping(dispatcher))),
            new StatusPage(config.nodeName(), ledger, pipeline, buffer, metadata));
    WatermarkPublisher watermarks =
        new WatermarkPublisher(
            new Watermarks(elastic),
            pipeline.searchableWatermark(),
            config.clusterName(),
            config.nodeName(),
            clock);
    return new Agent(
        config.drainTimeout(), buffer, metadata, elastic, pipeline, watermarks, process, ops);
  }

  private static Readiness reading(Pipeline pipeline) {
    Throwable failure = pipeline.failure();
    return failure == null ? Readiness.READY : Readiness.notReady("reading ended: " + failure);
  }

  private static Readiness shipping(Dispatcher dispatcher) {
    return dispatcher.status().destinations().stream()
        .filter(DestinationStatus::needsAttention)
        .findFirst()
        .map(it -> Readiness.notReady(it.dataStream() + ": " + it.paused()))
        .orElse(Readiness.READY);
  }

  /// Starts everything; the API server and Elasticsearch may be away.
  ///
  /// @throws IOException when the ops port can't be opened
  public void start() throws IOException {
    process.start();
    ops.start();
    metadata.start();
    pipeline.start();
    watermarks.start();
  }

  /// Waits until the end is asked for, or reading has failed.
  ///
  /// @return whether it was asked for
  public boolean awaitEnd(CountDownLatch asked) throws InterruptedException {
    while (!asked.await(1, TimeUnit.SECONDS)) {
      if (pipeline.failure() != null) {
        return false;
      }
    }
    return true;
  }

  /// Drains within the configured time, says up to when the logs are searchable, and closes.
  public void stop() {
    boolean drained = pipeline.stop(drainTimeout);
    watermarks.close();
    if (drained) {
      // Else something is left for the next start, and Elasticsearch may be away.
      watermarks.publish(true);
    }
    LOG.atInfo()
        .addKeyValue("drained", drained)
        .addKeyValue("buffered_blocks", buffer.pendingBlocks())
        .log("stopped");
    close();
  }

  @Override
  public void close() {
    ops.close();
    watermarks.close();
    pipeline.close();
    metadata.close();
    elastic.close();
    buffer.close();
    process.close();
  }
}
