package dev.longshore.shared.elastic;

import com.sun.management.OperatingSystemMXBean;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.BulkSinkMain;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What sending costs: bulk bodies of 4 MiB to a sink in another process, and how many MB of body a
/// second of this process's CPU time carries. Started by hand; takes about half a minute.
final class BulkCost {
  private static final int BODY_BYTES = 4 << 20;
  private static final int IN_FLIGHT = 2;
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration MEASURED = Duration.ofSeconds(10);

  private BulkCost() {}

  public static void main(String[] arguments) throws Exception {
    Process sink =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BulkSinkMain.class.getName(),
                "--print-port")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(sink.getInputStream(), StandardCharsets.UTF_8))) {
      URI url = URI.create("http://127.0.0.1:" + out.readLine());
      measure(url, false);
      measure(url, true);
      sink.getOutputStream().close();
      System.out.println("sink: " + out.readLine());
    } finally {
      sink.destroy();
    }
  }

  private static void measure(URI url, boolean compression) {
    ElasticConfig config =
        new ElasticConfig(
            List.of(url),
            null,
            null,
            null,
            null,
            compression,
            ElasticConfig.DEFAULT_REQUEST_TIMEOUT);
    try (Elastic elastic = new Elastic(config, Clock.system())) {
      send(elastic, WARM_UP);
      OperatingSystemMXBean system =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      long cpu = system.getProcessCpuTime();
      long start = Clock.system().nanoTime();
      long bytes = send(elastic, MEASURED);
      double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
      double seconds = (Clock.system().nanoTime() - start) / 1e9;
      System.out.printf(
          "compression=%s: %.0f MB/s, %.0f MB per CPU second%n",
          compression, bytes / 1e6 / seconds, bytes / 1e6 / cpuSeconds);
    }
  }

  private static long send(Elastic elastic, Duration duration) {
    byte[] body = body();
    int items = 0;
    for (byte b : body) {
      items += b == '\n' ? 1 : 0;
    }
    int operations = items / 2;
    ArrayDeque<CompletableFuture<BulkReply>> inFlight = new ArrayDeque<>();
    long end = Clock.system().nanoTime() + duration.toNanos();
    long bytes = 0;
    while (Clock.system().nanoTime() - end < 0) {
      if (inFlight.size() == IN_FLIGHT) {
        bytes += answered(inFlight.removeFirst(), body);
      }
      inFlight.addLast(
          elastic.bulk(
              "logs-kubernetes.container_logs-default", body, body.length, operations, false));
    }
    for (CompletableFuture<BulkReply> reply : inFlight) {
      bytes += answered(reply, body);
    }
    return bytes;
  }

  private static int answered(CompletableFuture<BulkReply> reply, byte[] body) {
    if (reply.join() instanceof BulkReply.Answered) {
      return body.length;
    }
    throw new IllegalStateException(reply.join().toString());
  }

  private static byte[] body() {
    StringBuilder text = new StringBuilder(BODY_BYTES + 1024);
    for (int i = 0; text.length() < BODY_BYTES; i++) {
      text.append("{\"create\":{\"_id\":\"Zk3vX0pS")
          .append(Integer.toHexString(i * 0x9e3779b9))
          .append("\"}}\n{\"kubernetes\":{\"namespace\":\"shop\",\"pod\":{\"name\":")
          .append("\"checkout-7d9f\"},\"labels\":{\"app\":\"checkout\"}},\"@timestamp\":")
          .append("\"2026-11-23T06:00:00.000000001Z\",\"message\":\"GET /cart/")
          .append(i)
          .append(" 200 17ms\",\"stream\":\"stdout\",\"log\":{\"offset\":")
          .append(i * 160L)
          .append("}}\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
