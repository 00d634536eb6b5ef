package dev.longshore.bench;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.frame.FrameRules;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.agent.ship.encode.Encoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What writing the corpus as documents takes, for each line, with 700 bytes of fields in each
/// document, as the bench's pods have.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EncodingBenchmark {
  private static final int BATCH_BYTES = 2 << 20;
  private static final int FIELDS_BYTES = 700;

  private final List<Block> blocks = blocks();

  /// What is looked for in each line: the default, or nothing.
  @Param({"secrets", "nothing"})
  public String redact = "secrets";

  private Encoder encoder = new Encoder();
  private final BulkBody body = new BulkBody(BATCH_BYTES + (1 << 20));
  private final RecordCursor cursor = new RecordCursor();

  @Setup
  public void open() {
    List<String> patterns = redact.equals("nothing") ? List.of() : List.of(redact);
    encoder =
        new Encoder(
            new SimpleMeterRegistry(), LevelNames.NONE, new RedactConfig(patterns, List.of()));
  }

  @Benchmark
  @OperationsPerInvocation(LogCorpus.SAMPLE_LINES)
  public int lines() {
    for (Block block : blocks) {
      cursor.over(block);
      for (int ordinal = 0; cursor.advance(); ordinal++) {
        encoder.encode(block, cursor, 1, ordinal, false, body);
        if (body.length() > BATCH_BYTES) {
          body.clear();
        }
      }
    }
    return body.length();
  }

  private static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    byte[] log = LogCorpus.sample();
    FrameConfig config = FrameConfig.defaults();
    Framer framer =
        new Framer(config, FrameRules.of(config), new FrameMetrics(new SimpleMeterRegistry()));
    framer.begin(Position.start(new GenerationId(1, 2)), LogFormat.CRI);
    for (int at = 0; at < log.length; ) {
      // A block of its own each time: the framer hands its scratch over and uses it again.
      Block scratch = new Block(512 << 10);
      int length = Math.min(128 << 10, log.length - at);
      boolean last = at + length == log.length;
      at += framer.feed(log, at, length, at, last, 0, scratch, block -> keep(block, blocks));
    }
    return blocks;
  }

  private static void keep(Block block, List<Block> blocks) {
    Block kept = new Block(block.payloadBytes());
    kept.restore(
        block.generation(),
        block.format(),
        snapshot(),
        block.base(),
        block.records(),
        block.firstTimestampNanos(),
        block.lastTimestampNanos(),
        block.payloadBytes());
    System.arraycopy(block.payload(), 0, kept.payload(), 0, block.payloadBytes());
    blocks.add(kept);
  }

  private static Snapshot snapshot() {
    String begin =
        "\"kubernetes\":{\"namespace\":\"shop\",\"labels\":{\"app\":\"checkout\",\"filler\":\"";
    String fields = begin + "x".repeat(FIELDS_BYTES - begin.length() - 3) + "\"}}";
    return new Snapshot(
        new ContainerRef("shop", "checkout-7d9f", "4f7c", "checkout"),
        "logs-kubernetes.container_logs-default",
        fields.getBytes(StandardCharsets.UTF_8),
        "/var/log/pods/shop_checkout-7d9f_4f7c/checkout/0.log",
        true,
        List.of());
  }
}
