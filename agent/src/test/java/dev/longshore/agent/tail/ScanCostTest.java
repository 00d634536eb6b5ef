package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What looking at folders and at the beginnings of files costs is bounded.
class ScanCostTest extends TailTestCase {

  @Test
  void withoutInotifyFoldersAreListedOnceASecond() throws IOException {
    for (int i = 0; i < 50; i++) {
      fixture.log("shop-" + i, "web").line("of " + i);
    }
    Map<Path, Integer> listings = new HashMap<>();
    ManualClock clock = new ManualClock();
    TailConfig config =
        new TailConfig(
            List.of(fixture.root + "/pods/*/*/*.log"),
            Duration.ofMillis(100),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            DataSize.ofMiB(1),
            List.of());
    try (Tail tail =
        new Tail(
            config,
            clock,
            fixture.reader,
            new TailMetrics(new SimpleMeterRegistry()),
            new MemoryBudget(1 << 20).share("decompression", 0),
            () -> {
              throw new IOException(
                  "User limit of inotify instances reached or too many open files");
            },
            folder -> {
              listings.merge(folder, 1, Integer::sum);
              return Discovery.inFileSystem(folder);
            },
            new FileOpener())) {
      tail.start();
      fixture.reader.turn(tail);
      listings.clear();
      for (int i = 0; i < 100; i++) {
        clock.advance(Duration.ofMillis(100));
        fixture.reader.turn(tail);
      }

      assertThat(listings).hasSizeGreaterThan(100);
      // Twice a scan, to see whether something has changed meanwhile.
      assertThat(listings.values()).allMatch(times -> times <= 20);
      assertThat(tail.scansCompleted()).isEqualTo(11);
    }
  }

  @Test
  void aThousandGenerationsAreReadInOrderEachOnce() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    for (int i = 0; i < 1_000; i++) {
      log.line("of " + i);
      Path rotated = log.rotate(".%08d-%06d".formatted(20261000 + i / 100, i % 100));
      if (i < 700) {
        Log.gzip(rotated);
      }
    }
    log.line("live");
    fixture.start();
    fixture.pass(Duration.ofSeconds(3));

    assertThat(messages()).hasSize(1_001).doesNotHaveDuplicates().endsWith("of 999", "live");
    assertThat(fixture.listings.get(log.live.getParent())).isLessThan(200);
  }

  /// CPU time, so that a busy machine changes little. Each round asks every file whether it is its
  /// turn, which is little; what is looked for among all of them for each of them shows here.
  @Test
  void fourTimesTheRotatedFilesTakeNowhereNearSixtyTimesTheTime() throws IOException {
    long warmUpNanos = cpuNanosOfReading("cart-5c4d", 1_000);
    long fewNanos = Math.min(warmUpNanos, cpuNanosOfReading("checkout-7d9f", 1_000));

    assertThat((double) cpuNanosOfReading("payment-6b8c", 4_000) / fewNanos).isLessThan(20);
  }

  private long cpuNanosOfReading(String pod, int files) throws IOException {
    fixture.close();
    fixture = TailFixture.withInotify(Files.createDirectories(folder.resolve(pod)));
    Log log = fixture.log(pod, "web");
    for (int i = 0; i < files; i++) {
      log.line("of " + i);
      Path ignored = log.rotate(".%08d-%06d".formatted(20261000 + i / 100, i % 100));
    }
    log.line("live");
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    fixture.start();
    fixture.pass(Duration.ofSeconds(3));
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;

    assertThat(messages()).hasSize(files + 1).doesNotHaveDuplicates().endsWith("live");
    return nanos;
  }

  @Test
  void aHoleOfAHundredGigabytesIsSkippedAtOnce() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    long holeBytes = 100L << 30;
    try (RandomAccessFile file = new RandomAccessFile(log.live.toFile(), "rw")) {
      file.seek(holeBytes);
      file.write((Log.cri("behind the hole") + "\n").getBytes(StandardCharsets.UTF_8));
    }
    fixture.start();
    fixture.turn();

    assertThat(messages()).containsExactly("behind the hole");
  }

  @Test
  void writtenZerosAreSkippedAPartInEachTurnAndOthersGoOn() throws IOException {
    Log zeros = fixture.log("a-zeros-5c4d", "web");
    int chunks = 4;
    for (int i = 0; i < chunks; i++) {
      zeros.handle().write(new byte[(int) Identification.SKIP_BYTES]);
    }
    zeros.line("behind the zeros");
    Log other = fixture.log("checkout-7d9f", "web");
    other.line("1");
    fixture.start();
    assertThat(messages()).containsExactly("1");
    other.line("2");
    fixture.clock.advance(TailFixture.POLL);
    fixture.turn();
    assertThat(messages()).containsExactly("1", "2");

    fixture.pass(Duration.ofSeconds(2));

    assertThat(messages()).containsExactly("1", "2", "behind the zeros");
  }

  @Test
  void saysWhenNoFileMatches() throws IOException {
    fixture.start();
    fixture.look();
    assertThat(fixture.tail.matchesNothing()).isTrue();

    fixture.log("checkout-7d9f", "web").line("1");
    fixture.look();
    assertThat(fixture.tail.matchesNothing()).isFalse();
  }
}
