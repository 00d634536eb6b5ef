package dev.longshore.bench;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.frame.FrameRules;
import dev.longshore.agent.frame.Framer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// What cutting the corpus into records takes, for each line.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FramingBenchmark {
  private static final int FEED_BYTES = 256 << 10;

  private final byte[] log = LogCorpus.sample();
  private final FrameMetrics metrics = new FrameMetrics(new SimpleMeterRegistry());
  private final Block scratch = new Block(512 << 10);

  @Benchmark
  @OperationsPerInvocation(LogCorpus.SAMPLE_LINES)
  public void lines(Blackhole blackhole) {
    FrameConfig config = FrameConfig.defaults();
    Framer framer = new Framer(config, FrameRules.of(config), metrics);
    framer.begin(Position.start(new GenerationId(1, 1)), LogFormat.CRI);
    for (int at = 0; at < log.length; ) {
      int length = Math.min(FEED_BYTES, log.length - at);
      boolean last = at + length == log.length;
      at +=
          framer.feed(
              log, at, length, at, last, 0, scratch, block -> blackhole.consume(block.records()));
    }
  }
}
