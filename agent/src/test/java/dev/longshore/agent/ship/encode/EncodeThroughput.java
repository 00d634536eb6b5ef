package dev.longshore.agent.ship.encode;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.ship.BulkBody;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/// What encoding costs: megabytes of raw log per second of one core, for 30 % JSON bodies of about
/// 200 bytes, 5 % lines of stack traces and 65 % access logs, with 500 bytes of fields in each
/// document. Run its `main`; the argument is how many rounds.
final class EncodeThroughput {
  private static final int RECORDS = 20_000;
  private static final int BATCH_BYTES = 4 << 20;

  private EncodeThroughput() {}

  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 12;
    String kind = args.length > 1 ? args[1] : "mix";
    Block block = block(kind);
    Encoder encoder = new Encoder();
    BulkBody body = new BulkBody(BATCH_BYTES + (1 << 20));
    RecordCursor cursor = new RecordCursor();
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int round = 0; round < rounds; round++) {
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long started = threads.getCurrentThreadCpuTime();
      long raw = 0;
      long written = 0;
      for (int pass = 0; pass < 20; pass++) {
        cursor.over(block);
        int ordinal = 0;
        while (cursor.advance()) {
          encoder.encode(block, cursor, 1, ordinal++, Encoder.Mode.NORMAL, body);
          raw += cursor.rawBytes();
          if (body.length() > BATCH_BYTES) {
            written += body.length();
            body.clear();
          }
        }
      }
      double seconds = (threads.getCurrentThreadCpuTime() - started) / 1e9;
      System.out.printf(
          "%s: %.0f MB/s raw, %.0f MB/s written, %d bytes allocated%n",
          kind,
          raw / 1e6 / seconds,
          written / 1e6 / seconds,
          threads.getCurrentThreadAllocatedBytes() - allocated);
    }
  }

  private static Block block(String kind) {
    Random random = new Random(1);
    Block block = new Block(RECORDS * 256);
    block.reset(new GenerationId(1, 2), LogFormat.CRI, 0);
    long at = 0;
    int lines = 0;
    while (lines < RECORDS) {
      int dice = random.nextInt(100);
      String what = kind;
      if (kind.equals("mix")) {
        // A trace has seven lines: 5 % of the lines are 0.75 % of the records.
        dice = random.nextInt(10_000);
        what = dice < 3_135 ? "json" : dice < 3_210 ? "trace" : "access";
      }
      String message =
          switch (what) {
            case "json" -> json(random);
            case "trace" -> trace(random);
            default -> access(random);
          };
      StringBuilder raw = new StringBuilder();
      for (String line : message.split("\n", -1)) {
        raw.append("2026-11-23T05:48:55.")
            .append(100_000_000 + random.nextInt(899_999_999))
            .append("Z stdout F ")
            .append(line)
            .append('\n');
        lines++;
      }
      byte[] bytes = raw.toString().getBytes(StandardCharsets.UTF_8);
      int flags = what.equals("trace") ? Block.FLAG_JOINED : 0;
      block.add(flags, at, bytes.length, 0, 1_795_412_935_000_000_000L, bytes, 0, bytes.length);
      at += bytes.length;
    }
    String fields =
        "\"kubernetes\":{\"namespace\":\"shop\",\"labels\":{\"app\":\"checkout\",\"filler\":\"";
    fields += "x".repeat(500 - fields.length() - 3) + "\"}}";
    block.snapshot(
        new Snapshot(
            new ContainerRef("shop", "checkout-7d9f", "4f7c", "checkout"),
            "logs-kubernetes.container_logs-default",
            fields.getBytes(StandardCharsets.UTF_8),
            "/var/log/pods/shop_checkout-7d9f_4f7c/checkout/0.log",
            true,
            List.of()));
    return block;
  }

  private static String json(Random random) {
    return "{\"time\":\"2026-11-23T05:48:55.123Z\",\"level\":\""
        + (random.nextInt(20) == 0 ? "error" : "info")
        + "\",\"logger\":\"shop.cart.CartService\",\"msg\":\"cart updated for customer "
        + random.nextInt(1_000_000)
        + "\",\"items\":"
        + random.nextInt(20)
        + ",\"took_ms\":"
        + random.nextInt(1000)
        + ".5,\"trace_id\":\""
        + Long.toHexString(random.nextLong())
        + "\",\"ok\":true}";
  }

  private static String access(Random random) {
    return "10.0."
        + random.nextInt(255)
        + '.'
        + random.nextInt(255)
        + " - - [23/Nov/2026:05:48:55 +0000] \"GET /api/orders/"
        + random.nextInt(100_000)
        + "?page=2 HTTP/1.1\" 200 "
        + random.nextInt(50_000)
        + " \"https://shop.example.com/cart\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101\"";
  }

  private static String trace(Random random) {
    return "2026-11-23 05:48:55.123 ERROR [worker-"
        + random.nextInt(9)
        + "] order "
        + random.nextInt(100_000)
        + " failed\njava.lang.IllegalStateException: no stock for item "
        + random.nextInt(1000)
        + "\n\tat com.shop.cart.Stock.reserve(Stock.java:"
        + random.nextInt(200)
        + ")\n\tat com.shop.cart.CartService.checkout(CartService.java:88)"
        + "\n\tat com.shop.web.CheckoutController.lambda$post$3(CheckoutController.java:41)"
        + "\n\tat java.base/java.util.concurrent.FutureTask.run(FutureTask.java:317)"
        + "\n\tat java.base/java.lang.Thread.run(Thread.java:1474)";
  }
}
