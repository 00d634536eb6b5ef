package dev.longshore.agent.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.bulk.DuplicateProbe;
import dev.longshore.agent.enrich.Metadata;
import dev.longshore.agent.enrich.MetadataStatus;
import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.enrich.Refusal;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.pipeline.FileView;
import dev.longshore.agent.pipeline.PauseReason;
import dev.longshore.agent.pipeline.Pipeline;
import dev.longshore.agent.ship.ShipStatus;
import dev.longshore.agent.tail.FileStatus;
import dev.longshore.shared.ops.StatusSource;
import dev.longshore.shared.runtime.BuildInfo;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The page `/status`: each container with its totals, each of its files with its offsets and the
/// rules that apply, the buffer, Elasticsearch with its last error, and the API server.
///
/// Lists of files and of waiting pods are bounded; what is left out is counted beside the list.
public final class StatusPage implements StatusSource {
  /// A container has as many when its rotated files are not read yet; a folder of thousands of
  /// files shows the first of them.
  static final int MAX_FILES = 20;

  static final int MAX_WAITING_PODS = 100;

  /// Those that need attention first, then those that are most behind.
  static final Comparator<FileStatus> MOST_BEHIND =
      Comparator.comparing((FileStatus file) -> file.reason().isEmpty())
          .thenComparing(Comparator.comparingLong(FileStatus::lagBytes).reversed())
          .thenComparing(FileStatus::path);

  private final String nodeName;
  private final Ledger ledger;
  private final Pipeline pipeline;
  private final Buffer buffer;
  private final Metadata metadata;
  private final DuplicateProbe probe;

  public StatusPage(
      String nodeName,
      Ledger ledger,
      Pipeline pipeline,
      Buffer buffer,
      Metadata metadata,
      DuplicateProbe probe) {
    this.nodeName = nodeName;
    this.ledger = ledger;
    this.pipeline = pipeline;
    this.buffer = buffer;
    this.metadata = metadata;
    this.probe = probe;
  }

  @Override
  public void writeMembers(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("agent");
    json.writeStringField("node", nodeName);
    BuildInfo build = BuildInfo.current();
    json.writeStringField("version", build.version());
    json.writeStringField("revision", build.revision());
    var watermark = pipeline.searchableWatermark().watermark();
    if (watermark.isPresent()) {
      json.writeStringField("searchableUpTo", instant(watermark.get().epochNanos()).toString());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("tail");
    json.writeBooleanField("matchesNoFile", pipeline.matchesNoFile());
    json.writeEndObject();
    writeBuffer(json);
    writeElasticsearch(json, pipeline.dispatcher().status());
    writeKubernetes(json, metadata.status());
    writeLedger(json);
    writeContainers(json);
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L));
  }

  private void writeBuffer(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("buffer");
    json.writeNumberField("blocks", buffer.pendingBlocks());
    json.writeNumberField("payloadBytes", buffer.pendingPayloadBytes());
    json.writeNumberField("diskBytes", buffer.diskBytes());
    json.writeEndObject();
  }

  private void writeElasticsearch(JsonGenerator json, ShipStatus status) throws IOException {
    json.writeObjectFieldStart("elasticsearch");
    json.writeArrayFieldStart("destinations");
    for (ShipStatus.DestinationStatus destination : status.destinations()) {
      json.writeStartObject();
      json.writeStringField("dataStream", destination.dataStream());
      json.writeNumberField("requestsInFlight", destination.requestsInFlight());
      json.writeNumberField("recordsWaiting", destination.recordsWaiting());
      json.writeNumberField("blocksWaiting", destination.blocksWaiting());
      json.writeStringField("paused", destination.paused());
      json.writeBooleanField("needsAttention", destination.needsAttention());
      json.writeStringField(
          "duplicates", probe.of(destination.dataStream()).name().toLowerCase(Locale.ROOT));
      if (destination.lastSuccessEpochMillis() > 0) {
        json.writeStringField(
            "lastSuccess", Instant.ofEpochMilli(destination.lastSuccessEpochMillis()).toString());
      }
      ShipStatus.LastError error = destination.lastError();
      if (error != null) {
        json.writeObjectFieldStart("lastError");
        json.writeNumberField("status", error.status());
        json.writeStringField("text", error.text());
        json.writeStringField("at", Instant.ofEpochMilli(error.epochMillis()).toString());
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeKubernetes(JsonGenerator json, MetadataStatus status)
      throws IOException {
    json.writeObjectFieldStart("kubernetes");
    json.writeBooleanField("enabled", status.enabled());
    json.writeBooleanField("connected", status.connected());
    json.writeStringField("server", status.server());
    json.writeNumberField("pods", status.podsKnown());
    json.writeStringField("lastError", status.lastError());
    json.writeArrayFieldStart("waitingPods");
    List<MetadataStatus.WaitingPod> waiting = status.waitingPods();
    for (MetadataStatus.WaitingPod pod :
        waiting.subList(0, Math.min(waiting.size(), MAX_WAITING_PODS))) {
      json.writeStartObject();
      json.writeStringField("namespace", pod.namespace());
      json.writeStringField("pod", pod.pod());
      json.writeStringField("podUid", pod.uid());
      json.writeStringField("since", pod.since().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("waitingPodsLeftOut", Math.max(0, waiting.size() - MAX_WAITING_PODS));
    Instant lastEvent = status.lastEvent();
    json.writeStringField("lastEvent", lastEvent == null ? null : lastEvent.toString());
    json.writeEndObject();
  }

  private void writeLedger(JsonGenerator json) throws IOException {
    LedgerTotals total = LedgerTotals.EMPTY;
    for (Account account : ledger.accounts()) {
      total = total.plus(LedgerTotals.of(account));
    }
    json.writeObjectFieldStart("ledger");
    total.write(json);
    json.writeEndObject();
  }

  private void writeContainers(JsonGenerator json) throws IOException {
    Map<ContainerRef, List<FileView>> files = new LinkedHashMap<>();
    for (FileView file : pipeline.files()) {
      files.computeIfAbsent(file.status().container(), _ -> new ArrayList<>()).add(file);
    }
    for (Account account : ledger.accounts()) {
      files.computeIfAbsent(account.container(), _ -> new ArrayList<>());
    }
    json.writeArrayFieldStart("containers");
    for (ContainerRef container :
        files.keySet().stream()
            .sorted(
                Comparator.comparing(ContainerRef::toString).thenComparing(ContainerRef::podUid))
            .toList()) {
      writeContainer(json, container, files.getOrDefault(container, List.of()));
    }
    json.writeEndArray();
  }

  private void writeContainer(JsonGenerator json, ContainerRef container, List<FileView> files)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("namespace", container.namespace());
    json.writeStringField("pod", container.pod());
    json.writeStringField("podUid", container.podUid());
    json.writeStringField("container", container.container());
    Account account = ledger.find(container);
    // Without an account no file of it is identified yet.
    (account == null ? LedgerTotals.EMPTY : LedgerTotals.of(account)).write(json);
    json.writeNumberField(
        "lagBytes", files.stream().mapToLong(file -> file.status().lagBytes()).sum());
    FileView described = null;
    for (FileView file : files) {
      described = file.dataStream() != null || described == null ? file : described;
    }
    if (described != null) {
      writeRules(json, described);
    }
    json.writeArrayFieldStart("files");
    for (FileView file :
        files.stream()
            .sorted(Comparator.comparing(FileView::status, MOST_BEHIND))
            .limit(MAX_FILES)
            .toList()) {
      writeFile(json, file);
    }
    json.writeEndArray();
    json.writeNumberField("filesLeftOut", Math.max(0, files.size() - MAX_FILES));
    json.writeEndObject();
  }

  private static void writeRules(JsonGenerator json, FileView file) throws IOException {
    json.writeObjectFieldStart("rules");
    json.writeStringField("dataStream", file.dataStream());
    json.writeStringField("metadata", file.enriched() ? "pod" : "path only");
    writeMultiline(json, file.rules());
    json.writeBooleanField("parseJson", file.rules().parseJson());
    String excluded = "nothing";
    if (file.rules().excluded()) {
      excluded = "everything";
    } else if (file.rules().excludeStdout()) {
      excluded = "stdout";
    } else if (file.rules().excludeStderr()) {
      excluded = "stderr";
    }
    json.writeStringField("exclude", excluded);
    if (!file.rules().redact().isEmpty()) {
      json.writeStringField("redact", String.join(", ", file.rules().redact()));
    }
    Long limit = file.rules().maxBytesPerSecond();
    if (limit != null) {
      json.writeNumberField("maxBytesPerSecond", limit);
      json.writeStringField("overLimit", file.rules().overLimit().name().toLowerCase(Locale.ROOT));
    }
    json.writeArrayFieldStart("refused");
    for (Refusal refusal : file.rules().refusals()) {
      json.writeString(refusal.text());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeMultiline(JsonGenerator json, PodRules rules) throws IOException {
    String stdout = rules.multilineStdout().isEmpty() ? "as configured" : rules.multilineStdout();
    String stderr = rules.multilineStderr().isEmpty() ? "as configured" : rules.multilineStderr();
    json.writeStringField(
        "multiline", stdout.equals(stderr) ? stdout : "stdout: " + stdout + ", stderr: " + stderr);
  }

  private static void writeFile(JsonGenerator json, FileView file) throws IOException {
    FileStatus status = file.status();
    GenerationId generation = status.generation();
    json.writeStartObject();
    json.writeStringField("path", status.path().toString());
    json.writeStringField("generation", generation == null ? null : generation.toString());
    json.writeStringField("state", status.state().name().toLowerCase(Locale.ROOT));
    json.writeNumberField("offset", status.readOffset());
    json.writeNumberField("bytes", status.sizeBytes());
    json.writeNumberField("lagBytes", status.lagBytes());
    json.writeNumberField("inode", status.inode());
    String waiting = status.reason().isEmpty() ? file.waiting() : status.reason();
    json.writeStringField("waiting", waiting);
    PauseReason paused = file.paused();
    json.writeStringField("paused", paused == null ? null : paused.label());
    json.writeEndObject();
  }
}
