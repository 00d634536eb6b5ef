package dev.longshore.agent.buffer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/// The buffer's meters.
public final class BufferMetrics {
  private final MeterRegistry registry;
  private final Counter appendedBlocks;
  private final Counter appendedBytes;
  private final Counter acknowledgedBlocks;
  private final Counter relocatedBlocks;
  private final Counter refused;
  private final Counter damagedBytes;
  private final Counter damagedFiles;
  private final Counter unreadableBlocks;
  private final Counter lostBlocks;

  public BufferMetrics(MeterRegistry registry) {
    this.registry = registry;
    appendedBlocks = counter("appended.blocks", "blocks", "Blocks that were queued");
    appendedBytes = counter("appended", "bytes", "Payload of the blocks that were queued");
    acknowledgedBlocks = counter("acknowledged", "blocks", "Blocks that left the queue");
    relocatedBlocks =
        counter("relocated", "blocks", "Blocks appended again because they held back an old file");
    refused =
        counter("refused", "blocks", "Blocks refused because the buffer or its disk was full");
    damagedBytes =
        counter("damaged", "bytes", "Bytes of queue files found without a right checksum");
    damagedFiles =
        counter(
            "damaged.files",
            "files",
            "Queue files found damaged or missing when the agent started");
    unreadableBlocks = counter("unreadable", "blocks", "Queued blocks that could not be read back");
    lostBlocks =
        counter("lost", "blocks", "Unreadable blocks that can't be read again from a log either");
  }

  private Counter counter(String what, String unit, String description) {
    return Counter.builder("longshore.agent.buffer." + what)
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  /// Shows the state of an open buffer.
  void watch(Buffer buffer) {
    gauge(buffer, "pending", "blocks", "Blocks that are not acknowledged", Buffer::pendingBlocks);
    gauge(
        buffer,
        "pending.payload",
        "bytes",
        "Payload of the blocks that are not acknowledged",
        Buffer::pendingPayloadBytes);
    gauge(buffer, "disk", "bytes", "What the buffer occupies on disk", Buffer::diskBytes);
    gauge(
        buffer,
        "disk.max",
        "bytes",
        "What the buffer may occupy on disk: buffer.maxSize less the share of dead letters",
        Buffer::maxDiskBytes);
    gauge(
        buffer,
        "volume.free",
        "bytes",
        "Free space of the buffer's file system; NaN when that is not known",
        it -> orNaN(it.volumeFreeBytes()));
    gauge(
        buffer,
        "volume.size",
        "bytes",
        "Size of the buffer's file system; NaN when that is not known",
        it -> orNaN(it.volumeBytes()));
  }

  private static double orNaN(long bytes) {
    return bytes < 0 ? Double.NaN : bytes;
  }

  private void gauge(
      Buffer buffer, String what, String unit, String description, ToDoubleFunction<Buffer> of) {
    Gauge.builder("longshore.agent.buffer." + what, buffer, of)
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  void appended(long payloadBytes) {
    appendedBlocks.increment();
    appendedBytes.increment((double) payloadBytes);
  }

  void acknowledged(int blocks) {
    acknowledgedBlocks.increment(blocks);
  }

  void relocated() {
    relocatedBlocks.increment();
  }

  void refused() {
    refused.increment();
  }

  void damaged(long bytes) {
    damagedBytes.increment((double) bytes);
  }

  void damagedFiles(int files) {
    damagedFiles.increment(files);
  }

  void lost() {
    lostBlocks.increment();
  }

  void unreadable() {
    unreadableBlocks.increment();
  }
}
