package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Random;

/// Bytes of CRI log that one core frames in a second, multiline `auto`: 65 % access logs, 30 % JSON
/// of 200 bytes, 5 % stack traces (or none of these with argument `single`). A main and not a test:
/// the figure is for people.
final class FramerThroughput {
  private static final int FEED_BYTES = 256 << 10;

  private FramerThroughput() {}

  @SuppressWarnings("SystemOut") // its output is what it is for
  public static void main(String[] arguments) {
    boolean single = arguments.length > 0 && arguments[0].equals("single");
    byte[] log = log(64 << 20, single);
    FrameMetrics metrics = new FrameMetrics(new SimpleMeterRegistry());
    Block scratch = new Block(512 << 10);
    long[] records = new long[1];
    // Processor time: what else runs on the machine doesn't count.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int round = 0; round < 12; round++) {
      Framer framer =
          new Framer(FrameConfig.defaults(), FrameRules.of(FrameConfig.defaults()), metrics);
      framer.begin(Position.start(new GenerationId(1, 1)), LogFormat.CRI);
      records[0] = 0;
      long started = threads.getCurrentThreadCpuTime();
      int at = 0;
      while (at < log.length) {
        int length = Math.min(FEED_BYTES, log.length - at);
        at +=
            framer.feed(
                log,
                at,
                length,
                at,
                at + length == log.length,
                started,
                scratch,
                block -> records[0] += block.records());
      }
      long nanos = threads.getCurrentThreadCpuTime() - started;
      System.out.printf(
          Locale.ROOT,
          "%,d records, %.0f MB/s, %.0f ns/record%n",
          records[0],
          log.length * 1e3 / nanos,
          (double) nanos / records[0]);
    }
  }

  private static byte[] log(int bytes, boolean single) {
    Random random = new Random(7);
    ByteArrayOutputStream log = new ByteArrayOutputStream(bytes + 1024);
    Instant time = Instant.parse("2026-11-23T05:48:55.123456789Z");
    while (log.size() < bytes) {
      int kind = random.nextInt(100);
      String text;
      if (kind < 5 && !single) {
        text =
            kind == 0
                ? "java.lang.IllegalStateException: cart is closed"
                : "\tat dev.longshore.shop.Cart.add(Cart.java:" + random.nextInt(900) + ")";
      } else if (kind < 35) {
        text =
            "{\"time\":\""
                + time
                + "\",\"level\":\"info\",\"msg\":\"order placed\",\"order\":"
                + random.nextInt(1_000_000)
                + ",\"customer\":\"c-"
                + random.nextInt(100_000)
                + "\",\"items\":3,\"total\":129.90,\"currency\":\"EUR\",\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}";
      } else {
        text =
            "10.42."
                + random.nextInt(256)
                + ".17 - - [23/Nov/2026:05:48:55 +0000] \"GET /api/v1/products/"
                + random.nextInt(10_000)
                + "?page=2&sort=price HTTP/1.1\" 200 "
                + random.nextInt(20_000)
                + " \"https://shop.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\"";
      }
      log.writeBytes((time + " stdout F " + text + "\n").getBytes(StandardCharsets.UTF_8));
      time = time.plusNanos(1 + random.nextInt(2_000_000));
    }
    return log.toByteArray();
  }
}
