package dev.longshore.agent.ship.encode;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.agent.redact.RedactConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One record on its way through an [Encoder], for tests.
final class Encoding {
  static final GenerationId GENERATION = new GenerationId(0x0123456789abcdefL, 0x01234567);
  static final String FIELDS =
      """
      "kubernetes":{"namespace":"shop","pod":{"name":"checkout-7d9f"},\
      "labels":{"app":"checkout"},"annotations":{"team":"blue"}}\
      """;
  static final String TIME = "2026-11-23T05:48:55.123456789Z";

  private Encoder encoder = new Encoder();
  private final BulkBody body = new BulkBody(64);
  private LogFormat format = LogFormat.CRI;
  private int flags;
  private int ordinal;
  private long start = 4096;
  private long timestampNanos = Block.NO_TIMESTAMP;
  private String pod = "checkout-7d9f";
  private boolean safe;
  private List<String> numbers = List.of();
  private boolean datasetRefused;
  private List<String> redact = List.of();

  Encoding format(LogFormat wanted) {
    format = wanted;
    return this;
  }

  Encoding levels(LevelNames names) {
    encoder = new Encoder(new SimpleMeterRegistry(), names, RedactConfig.defaults());
    return this;
  }

  Encoding flags(int wanted) {
    flags = wanted;
    return this;
  }

  Encoding fragment(int wanted) {
    ordinal = wanted;
    return this;
  }

  Encoding timestamp(long nanos) {
    timestampNanos = nanos;
    return this;
  }

  Encoding start(long wanted) {
    start = wanted;
    return this;
  }

  Encoding pod(String wanted) {
    pod = wanted;
    return this;
  }

  Encoding safe() {
    safe = true;
    return this;
  }

  Encoding numbers(String... names) {
    numbers = List.of(names);
    return this;
  }

  /// The document of a CRI line with this message.
  Document message(String message) {
    return raw(TIME + " stdout F " + message + "\n");
  }

  /// The document of a stack trace or another group, one CRI line for each line.
  Document lines(String lines) {
    StringBuilder raw = new StringBuilder();
    for (String line : lines.split("\n", -1)) {
      raw.append(TIME).append(" stdout F ").append(line).append('\n');
    }
    flags |= Block.FLAG_JOINED;
    return raw(raw.toString());
  }

  /// The pod named a data stream that the policy does not permit.
  Encoding datasetRefused() {
    datasetRefused = true;
    return this;
  }

  /// What the pod has redacted besides the configuration's.
  Encoding redact(String... patterns) {
    redact = List.of(patterns);
    return this;
  }

  /// The text of a dead letter of a CRI line with this message.
  String original(String message) {
    byte[] raw = (TIME + " stdout F " + message + "\n").getBytes(StandardCharsets.UTF_8);
    Block block = new Block(64);
    block.reset(GENERATION, format, start);
    block.add(flags, start, raw.length, ordinal, timestampNanos, raw, 0, raw.length);
    block.snapshot(snapshot());
    RecordCursor cursor = new RecordCursor();
    cursor.over(block);
    cursor.advance();
    return new String(encoder.original(block, cursor), StandardCharsets.UTF_8);
  }

  Document raw(String raw) {
    return raw(raw.getBytes(StandardCharsets.UTF_8));
  }

  Document raw(byte[] raw) {
    Block block = new Block(64);
    block.reset(GENERATION, format, start);
    block.add(flags, start, raw.length, ordinal, timestampNanos, raw, 0, raw.length);
    return record(block, 0);
  }

  /// The document of one record of a block.
  Document record(Block block, int index) {
    block.snapshot(snapshot());
    RecordCursor cursor = new RecordCursor();
    cursor.over(block);
    for (int i = 0; i <= index; i++) {
      cursor.advance();
    }
    body.clear();
    encoder.encode(block, cursor, 7, index, safe, body);
    return Document.of(new String(body.bytes(), 0, body.length(), StandardCharsets.UTF_8));
  }

  private Snapshot snapshot() {
    return new Snapshot(
        new ContainerRef("shop", pod, "4f7c", "checkout"),
        "logs-kubernetes.container_logs-default",
        FIELDS.getBytes(StandardCharsets.UTF_8),
        "/var/log/pods/shop_checkout-7d9f_4f7c/checkout/0.log",
        true,
        numbers,
        datasetRefused,
        redact);
  }
}
