package dev.longshore.agent.ship;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A CRI log file of `checkout-7d9f` that is cut into one block, for tests. The same lines of the
/// same generation give the same documents.
final class ContainerLog {
  private static final String TIME = "2026-11-23T05:48:55.123456789Z";
  private static final long TIME_NANOS = 1_795_412_935_123_456_789L;
  private static final String FIELDS =
      """
      "kubernetes":{"namespace":"shop","pod":{"name":"checkout-7d9f"},\
      "labels":{"app":"checkout"}}""";

  private final Block block = new Block(1 << 10);
  private String fieldsJson = FIELDS;
  private long offset;

  /// @param generation which file it is; part of the documents' ids
  ContainerLog(int generation) {
    block.reset(new GenerationId(0x0123456789abcdefL, generation), LogFormat.CRI, 0);
  }

  /// Members that all documents share, in place of the usual.
  ContainerLog fields(String json) {
    fieldsJson = json;
    return this;
  }

  /// One record of one line.
  ContainerLog line(String message) {
    return line(message.getBytes(StandardCharsets.UTF_8));
  }

  ContainerLog line(byte[] message) {
    byte[] head = (TIME + " stdout F ").getBytes(StandardCharsets.US_ASCII);
    byte[] raw = new byte[head.length + message.length + 1];
    System.arraycopy(head, 0, raw, 0, head.length);
    System.arraycopy(message, 0, raw, head.length, message.length);
    raw[raw.length - 1] = '\n';
    return record(0, raw);
  }

  /// One record of several lines.
  ContainerLog group(String... lines) {
    StringBuilder raw = new StringBuilder();
    for (String line : lines) {
      raw.append(TIME).append(" stderr F ").append(line).append('\n');
    }
    return record(
        Block.FLAG_JOINED | Block.FLAG_STDERR, raw.toString().getBytes(StandardCharsets.UTF_8));
  }

  private ContainerLog record(int flags, byte[] raw) {
    block.add(flags, offset, raw.length, 0, TIME_NANOS, raw, 0, raw.length);
    offset += raw.length;
    return this;
  }

  Block block(String dataStream) {
    block.snapshot(
        new Snapshot(
            InMemoryBlockSource.CHECKOUT,
            dataStream,
            fieldsJson.getBytes(StandardCharsets.UTF_8),
            "/var/log/pods/shop_checkout-7d9f_0d4bd6d5/server/0.log",
            true,
            List.of()));
    return block;
  }
}
