package dev.longshore.agent.ops;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.MetadataStatus;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.event.Workload;
import dev.longshore.agent.event.WorkloadErrors;
import dev.longshore.agent.pipeline.FileView;
import dev.longshore.agent.pipeline.PauseReason;
import dev.longshore.agent.pipeline.Pipeline;
import dev.longshore.agent.ship.ShipStatus;
import dev.longshore.agent.tail.FileStatus;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.NodeReport;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.runtime.BuildInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Makes the reports of this node: from the ledger, the files, the buffer and Elasticsearch's last
/// answers. Loads are those since the last report. One thread at a time.
public final class NodeReporter {
  /// Entries of each list.
  static final int MOST = 10;

  private static final int REASON_CHARACTERS = 300;

  /// Reasons for which a healthy agent lets files wait for a moment.
  private static final Set<PauseReason> USUAL =
      EnumSet.of(PauseReason.READ_ORDER, PauseReason.OPEN_RECORD, PauseReason.STOPPING);

  private static final BuildInfo BUILD = BuildInfo.current();

  private final String clusterName;
  private final String nodeName;
  private final Ledger ledger;
  private final WorkloadErrors errors;
  private final Pipeline pipeline;
  private final Buffer buffer;
  private final Metadata metadata;
  private final Clock clock;
  private final Instant started;

  /// What the last report counted, and when.
  private Map<ContainerRef, Read> reads = Map.of();

  private Map<Workload, Long> errorTotals = Map.of();
  private long lookedNanos;

  /// What a container had read.
  private record Read(long bytes, long records) {
    private static final Read NOTHING = new Read(0, 0);
  }

  public NodeReporter(
      String clusterName,
      String nodeName,
      Ledger ledger,
      WorkloadErrors errors,
      Pipeline pipeline,
      Buffer buffer,
      Metadata metadata,
      Clock clock) {
    this.clusterName = clusterName;
    this.nodeName = nodeName;
    this.ledger = ledger;
    this.errors = errors;
    this.pipeline = pipeline;
    this.buffer = buffer;
    this.metadata = metadata;
    this.clock = clock;
    this.started = Instant.ofEpochMilli(clock.epochMillis());
    this.lookedNanos = clock.nanoTime();
  }

  /// What holds now.
  ///
  /// @param last whether the agent has stopped
  public NodeReport report(boolean last) {
    List<FileView> files = pipeline.files();
    var watermark = pipeline.searchableWatermark().watermark();
    Map<String, Long> behind = watermark.isPresent() ? watermark.get().behind() : Map.of();
    long now = clock.nanoTime();
    List<NodeReport.Load> loads = loads(files);
    NodeReport report =
        new NodeReport(
            clusterName,
            nodeName,
            Instant.ofEpochMilli(clock.epochMillis()),
            started,
            BUILD.version(),
            BUILD.revision(),
            last,
            watermark.map(it -> instant(it.epochNanos())).orElse(null),
            containers(files),
            unreadable(files),
            apiServer(metadata.status()),
            records(),
            held(),
            behind.size(),
            behind(behind),
            paused(),
            refused(pipeline.dispatcher().status()),
            Math.max(1, (now - lookedNanos) / 1_000_000_000),
            largest(loads, NodeReport.Load::bytes),
            largest(loads, NodeReport.Load::errors),
            newErrors());
    lookedNanos = now;
    return report;
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L));
  }

  private static int containers(List<FileView> files) {
    Set<ContainerRef> containers = new HashSet<>();
    files.forEach(file -> containers.add(file.status().container()));
    return containers.size();
  }

  private static int unreadable(List<FileView> files) {
    return (int)
        files.stream().filter(file -> file.status().state() == FileStatus.State.UNREADABLE).count();
  }

  private static @Nullable Boolean apiServer(MetadataStatus status) {
    return status.enabled() ? status.connected() : null;
  }

  private NodeReport.Records records() {
    LedgerTotals total = LedgerTotals.of(ledger.closed());
    for (Account account : ledger.accounts()) {
      total = total.plus(LedgerTotals.of(account));
    }
    return new NodeReport.Records(
        total.read(),
        total.readBytes(),
        total.indexed(),
        total.duplicate(),
        total.deadLettered(),
        total.filtered(),
        total.lostBytes());
  }

  private NodeReport.Buffer held() {
    long records = 0;
    for (Account account : ledger.accounts()) {
      records += Math.max(0, account.buffered());
    }
    return new NodeReport.Buffer(
        records,
        buffer.pendingPayloadBytes(),
        buffer.diskBytes(),
        buffer.maxDiskBytes(),
        buffer.volumeFreeBytes(),
        buffer.volumeBytes());
  }

  private static List<Watermark.Behind> behind(Map<String, Long> behind) {
    return behind.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .limit(MOST)
        .map(late -> new Watermark.Behind(late.getKey(), instant(late.getValue())))
        .toList();
  }

  private List<NodeReport.Paused> paused() {
    List<NodeReport.Paused> paused = new ArrayList<>();
    for (PauseReason reason : PauseReason.values()) {
      int files = USUAL.contains(reason) ? 0 : pipeline.pausedFiles(reason);
      if (files > 0) {
        paused.add(new NodeReport.Paused(reason.label(), files));
      }
    }
    return paused;
  }

  /// Data streams that are held back, then those with the latest errors.
  private static List<NodeReport.Refused> refused(ShipStatus status) {
    List<NodeReport.Refused> refused = new ArrayList<>();
    for (ShipStatus.DestinationStatus destination : status.destinations()) {
      ShipStatus.LastError error = destination.lastError();
      String paused = destination.paused();
      if (paused != null || error != null) {
        refused.add(
            new NodeReport.Refused(
                destination.dataStream(),
                error == null ? 0 : error.status(),
                bounded(error == null ? String.valueOf(paused) : error.text()),
                error == null ? null : Instant.ofEpochMilli(error.epochMillis()),
                paused != null));
      }
    }
    refused.sort(
        Comparator.comparing(NodeReport.Refused::paused)
            .reversed()
            .thenComparing(
                NodeReport.Refused::at, Comparator.nullsLast(Comparator.reverseOrder())));
    return refused.subList(0, Math.min(MOST, refused.size()));
  }

  private static String bounded(String text) {
    return text.length() > REASON_CHARACTERS ? text.substring(0, REASON_CHARACTERS) + "…" : text;
  }

  /// What each workload wrote, and its errors, since the last report.
  private List<NodeReport.Load> loads(List<FileView> files) {
    Map<ContainerRef, Workload> workloads = new HashMap<>();
    for (FileView file : files) {
      Snapshot snapshot = file.snapshot();
      if (snapshot != null) {
        workloads.computeIfAbsent(file.status().container(), _ -> Workload.of(snapshot));
      }
    }
    Map<Workload, Read> written = new HashMap<>();
    Map<ContainerRef, Read> latest = new HashMap<>();
    for (Account account : ledger.accounts()) {
      ContainerRef container = account.container();
      Read now = new Read(account.readBytes(), account.read());
      Read before = reads.getOrDefault(container, Read.NOTHING);
      latest.put(container, now);
      Workload workload =
          workloads.getOrDefault(
              container, new Workload(container.namespace(), container.container()));
      Read more =
          new Read(
              Math.max(0, now.bytes - before.bytes), Math.max(0, now.records - before.records));
      written.merge(
          workload,
          more,
          (one, other) -> new Read(one.bytes + other.bytes, one.records + other.records));
    }
    reads = latest;
    Map<Workload, Long> totals = errors.totals();
    Set<Workload> all = new HashSet<>(written.keySet());
    all.addAll(totals.keySet());
    List<NodeReport.Load> loads = new ArrayList<>();
    for (Workload workload : all) {
      Read read = written.getOrDefault(workload, Read.NOTHING);
      long before = errorTotals.getOrDefault(workload, 0L);
      long failed = Math.max(0, totals.getOrDefault(workload, 0L) - before);
      loads.add(
          new NodeReport.Load(
              workload.namespace(), workload.service(), read.bytes, read.records, failed));
    }
    errorTotals = totals;
    return loads;
  }

  private static List<NodeReport.Load> largest(
      List<NodeReport.Load> loads, ToLongFunction<NodeReport.Load> by) {
    return loads.stream()
        .filter(load -> by.applyAsLong(load) > 0)
        .sorted(
            Comparator.comparingLong(by)
                .reversed()
                .thenComparing(NodeReport.Load::namespace)
                .thenComparing(NodeReport.Load::service))
        .limit(MOST)
        .toList();
  }

  private List<NodeReport.NewError> newErrors() {
    return errors.newest(MOST).stream()
        .map(
            error ->
                new NodeReport.NewError(
                    error.fingerprint(),
                    error.workload().namespace(),
                    error.workload().service(),
                    error.firstNanos() == Block.NO_TIMESTAMP ? null : instant(error.firstNanos()),
                    error.lines()))
        .toList();
  }
}
