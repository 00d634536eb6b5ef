package dev.longshore.agent;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.buffer.BufferMetrics;
import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.DuplicateProbe;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.PreparedTransport;
import dev.longshore.agent.bulk.PrivilegeCheck;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.enrich.EnrichMetrics;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.event.WorkloadErrors;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.ops.LedgerCollector;
import dev.longshore.agent.ops.MemoryMetrics;
import dev.longshore.agent.ops.NodeReportPublisher;
import dev.longshore.agent.ops.NodeReporter;
import dev.longshore.agent.ops.StatusPage;
import dev.longshore.agent.pipeline.PauseReason;
import dev.longshore.agent.pipeline.Pipeline;
import dev.longshore.agent.pipeline.PipelineMetrics;
import dev.longshore.agent.pipeline.WatermarkPublisher;
import dev.longshore.agent.ship.Dispatcher;
import dev.longshore.agent.ship.RefreshIntervals;
import dev.longshore.agent.ship.ShipMetrics;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.agent.ship.encode.Encoder;
import dev.longshore.agent.tail.TailMetrics;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreams;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticGenerations;
import dev.longshore.shared.elastic.Generations;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Reachability;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsLimits;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.ops.ProcessMetrics;
import dev.longshore.shared.ops.Readiness;
import dev.longshore.shared.ops.ReadinessCheck;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent, wired: what is made of what, in which order it starts and ends.
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  /// A restart of a server is shorter, and nobody has to act.
  private static final Duration LASTING_PROBLEM = Duration.ofSeconds(30);

  /// More does not make shipping faster, where nothing limits the heap.
  private static final long MOST_MEMORY_BYTES = 256L << 20;

  /// Every request that the ops port answers at a time.
  private static final long REPLIES_RESERVE_BYTES =
      (long) OpsLimits.defaults().requests() * OpsLimits.defaults().bytesPerRequest();

  private static final String OPEN =
      "no login is configured: everybody who reaches this port may read metrics and status; set"
          + " web.configFile or web.tokens";

  private final Duration drainTimeout;
  private final Supervisor supervisor;
  private final Buffer buffer;
  private final Metadata metadata;
  private final Elastic elastic;
  private final PrivilegeCheck privileges;
  private final Pipeline pipeline;
  private final WatermarkPublisher watermarks;
  private final NodeReportPublisher reports;
  private final ProcessMetrics process;
  private final OpsServer ops;

  private Agent(
      Duration drainTimeout,
      Supervisor supervisor,
      Buffer buffer,
      Metadata metadata,
      Elastic elastic,
      PrivilegeCheck privileges,
      Pipeline pipeline,
      WatermarkPublisher watermarks,
      NodeReportPublisher reports,
      ProcessMetrics process,
      OpsServer ops) {
    this.drainTimeout = drainTimeout;
    this.supervisor = supervisor;
    this.buffer = buffer;
    this.metadata = metadata;
    this.elastic = elastic;
    this.privileges = privileges;
    this.pipeline = pipeline;
    this.watermarks = watermarks;
    this.reports = reports;
    this.process = process;
    this.ops = ops;
  }

  /// Opens the buffer and makes everything else; nothing runs yet.
  ///
  /// @throws RuntimeException that says what is in the way, for example a folder held by another
  ///   process
  public static Agent of(AgentConfig config, Clock clock) {
    Supervisor supervisor = new Supervisor(clock);
    supervisor.handleUncaught();
    return of(config, clock, supervisor);
  }

  /// The same under a given supervisor, and without handling what other threads of the process
  /// throw.
  public static Agent of(AgentConfig config, Clock clock, Supervisor supervisor) {
    Meters meters = new Meters();
    var registry = meters.registry();
    ProcessMetrics process = new ProcessMetrics(registry);
    MemoryBudget memory = new MemoryBudget(memoryBytes(Runtime.getRuntime().maxMemory()));
    MemoryBudget.Share replies = memory.share("replies", REPLIES_RESERVE_BYTES);
    Ledger ledger = new Ledger();
    meters.register(new LedgerCollector(ledger));

    DataSize forLetters = DiskStore.share(config.buffer().maxSize());
    Buffer buffer =
        Buffer.open(
            config.buffer().without(forLetters),
            memory.share("snapshots", Buffer.SNAPSHOTS_RESERVE_BYTES),
            clock,
            new BufferMetrics(registry));
    Metadata metadata =
        new Metadata(
            config.kubernetes(),
            config.policy(),
            config.nodeName(),
            config.clusterName(),
            config.buffer().dir().resolve("metadata"),
            clock,
            new EnrichMetrics(registry),
            supervisor);
    Elastic elastic = new Elastic(config.elastic(), clock);
    DiskStore deadLetters = new DiskStore(DiskStore.folderIn(config.buffer().dir()), forLetters);
    WorkloadErrors errors = new WorkloadErrors();
    Encoder encoder =
        new Encoder(registry, config.levels(), config.redact(), config.filters(), errors);
    Generations generations = new ElasticGenerations(elastic);
    DuplicateProbe probe =
        new DuplicateProbe(
            elastic::bulk,
            (index, id) -> generations.delete(index, List.of(id)),
            Thread::startVirtualThread,
            clock,
            registry);
    BulkTransport transport =
        new PreparedTransport(
            probe,
            config.ship()::ownsTemplateOf,
            stream -> config.ship().indexTemplate(elastic, stream).install(),
            Thread::startVirtualThread,
            clock);
    Dispatcher dispatcher =
        new Dispatcher(
            config.ship(),
            buffer,
            encoder,
            transport,
            new InDoubtResolver(transport, generations, Thread::startVirtualThread, clock),
            deadLetters,
            new RefreshIntervals(
                new DataStreams(elastic)::refreshInterval, Thread::startVirtualThread, clock),
            ledger,
            memory.share("batches", Dispatcher.MEMORY_RESERVE.bytes()),
            clock,
            RandomGenerator.getDefault(),
            new ShipMetrics(registry),
            supervisor);
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
            clock,
            supervisor);
    OpsServer ops =
        new OpsServer(
                "ops.listen",
                config.ops(),
                clock,
                supervisor,
                meters,
                List.of(
                    new ReadinessCheck("reading", () -> reading(pipeline)),
                    new ReadinessCheck("elasticsearch", () -> elasticsearch(dispatcher, elastic))),
                new StatusPage(config.nodeName(), ledger, pipeline, buffer, metadata, probe))
            .limits(OpsLimits.defaults(), replies)
            .access(config.web(), List.of(), OPEN);
    MemoryMetrics.register(registry, memory);
    WatermarkPublisher watermarks =
        new WatermarkPublisher(
            new Watermarks(elastic),
            pipeline.searchableWatermark(),
            config.clusterName(),
            config.nodeName(),
            clock,
            supervisor);
    NodeReporter reporter =
        new NodeReporter(
            config.clusterName(),
            config.nodeName(),
            ledger,
            errors,
            pipeline,
            buffer,
            metadata,
            clock);
    NodeReportPublisher reports =
        new NodeReportPublisher(new NodeReports(elastic), reporter, clock, supervisor);
    return new Agent(
        config.drainTimeout(),
        supervisor,
        buffer,
        metadata,
        elastic,
        new PrivilegeCheck(elastic, config.ship().dataStream(), clock),
        pipeline,
        watermarks,
        reports,
        process,
        ops);
  }

  /// What may be held in memory at a time: half of the heap, as the other half is what the work
  /// itself needs and what the collector needs to work.
  ///
  /// @param maxHeapBytes the heap's bound
  static long memoryBytes(long maxHeapBytes) {
    return Math.min(maxHeapBytes / 2, MOST_MEMORY_BYTES);
  }

  /// Ready unless the buffer's disk stops reading. A full buffer is no reason of its own: it waits
  /// for Elasticsearch, which has a check.
  private static Readiness reading(Pipeline pipeline) {
    for (PauseReason reason : List.of(PauseReason.BELOW_MIN_FREE, PauseReason.BUFFER_FAILED)) {
      if (pipeline.pausedFiles(reason) > 0) {
        return Readiness.notReady(pipeline.pauseDetail(reason));
      }
    }
    return Readiness.READY;
  }

  /// Ready once a request was accepted, for as long as no data stream is held back and no problem
  /// lasts.
  private static Readiness elasticsearch(Dispatcher dispatcher, Elastic elastic) {
    Reachability.State state = elastic.reachability().state();
    if (!state.reached()) {
      return Readiness.notReady(
          "Elasticsearch was not reached yet"
              + (state.problem() == null ? "" : ": " + state.problem()));
    }
    String failure = dispatcher.failure();
    if (failure != null) {
      return Readiness.notReady(failure);
    }
    for (DestinationStatus destination : dispatcher.status().destinations()) {
      if (destination.needsAttention()) {
        return Readiness.notReady(destination.dataStream() + ": " + destination.paused());
      }
    }
    String problem = state.problem();
    return problem != null && state.lasting().compareTo(LASTING_PROBLEM) > 0
        ? Readiness.notReady(problem)
        : Readiness.READY;
  }

  /// Starts everything; the API server and Elasticsearch may be away.
  ///
  /// @throws IOException when the ops port can't be opened
  public void start() throws IOException {
    supervisor.start();
    process.start();
    ops.start();
    metadata.start();
    privileges.start();
    pipeline.start();
    watermarks.start();
    reports.start();
  }

  /// Drains within the configured time, says up to when the logs are searchable, and closes.
  public void stop() {
    boolean drained = pipeline.stop(drainTimeout);
    watermarks.close();
    reports.close();
    if (drained) {
      // Else something is left for the next start, and Elasticsearch may be away.
      watermarks.publish(true);
      reports.publish(true);
    }
    LOG.atInfo()
        .addKeyValue("drained", drained)
        .addKeyValue("bufferedBlocks", buffer.pendingBlocks())
        .log("stopped");
    close();
  }

  @Override
  public void close() {
    ops.close();
    watermarks.close();
    reports.close();
    pipeline.close();
    metadata.close();
    privileges.close();
    elastic.close();
    buffer.close();
    process.close();
    supervisor.close();
  }
}
