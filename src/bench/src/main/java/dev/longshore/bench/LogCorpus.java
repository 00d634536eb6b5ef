package dev.longshore.bench;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The logs that the bench reads: CRI lines of some containers, of which by number 30 % have a JSON
/// body of about 200 bytes, 5 % belong to stack traces, and 65 % are access logs. The same seed
/// gives the same bytes.
final class LogCorpus {
  static final List<String> CONTAINERS = List.of("storefront", "checkout", "billing", "search");
  static final String NAMESPACE = "shop";

  /// How many lines [#sample] has.
  static final int SAMPLE_LINES = 50_000;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final int TRACE_LINES = 10;
  private static final List<String> PATHS =
      List.of("/products/", "/cart/items/", "/api/v2/orders/", "/search/", "/images/p/", "/user/");
  private static final List<String> AGENTS =
      List.of(
          "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Mobile/15E148",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0",
          "kube-probe/1.33",
          "okhttp/5.1.0",
          "Go-http-client/2.0");

  private final List<Path> files;
  private final long lines;
  private long records;
  private long bytes;

  /// @param files the log of each container
  /// @param lines how many lines all containers have together
  LogCorpus(Map<String, Path> files, long lines) {
    this.files = List.copyOf(files.values());
    this.lines = lines;
  }

  /// A part of what one container logs, in memory: [#SAMPLE_LINES] lines.
  static byte[] sample() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(SAMPLE_LINES * 220);
    try {
      new LogCorpus(Map.of(), SAMPLE_LINES).write(out, 0, SAMPLE_LINES);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail", e);
    }
    return out.toByteArray();
  }

  static String podName(String container) {
    return container + "-7d9f8b6c5-x2x4z";
  }

  List<Path> files() {
    return files;
  }

  /// Writes the files.
  void write() throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
        write(out, i, lines / files.size());
      }
      bytes += Files.size(file);
    }
  }

  private void write(OutputStream out, int seed, long count) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder(4096);
    long left = count;
    long nanos = 0;
    while (left > 0) {
      text.setLength(0);
      int written = 1;
      int kind = random.nextInt(1000);
      // The runtime stamps nanoseconds, and lines come as they come: 250 µs apart on average.
      nanos += random.nextLong(500_000);
      String stamp = STAMP.format(START.plusNanos(nanos));
      // A trace is ten lines at once, so one record in about 190 is one: five lines in a hundred.
      if (kind < 5 && left >= TRACE_LINES) {
        trace(text, stamp, random);
        written = TRACE_LINES;
      } else if (kind < 5 + 314) {
        json(text, stamp, random);
      } else {
        access(text, stamp, random);
      }
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      records++;
      left -= written;
    }
  }

  private static void json(StringBuilder text, String stamp, SplittableRandom random) {
    text.append(stamp)
        .append(" stdout F {\"level\":\"")
        .append(random.nextInt(50) == 0 ? "error" : "info")
        .append("\",\"logger\":\"order\",\"message\":\"order placed for customer ")
        .append(random.nextInt(1_000_000))
        .append("\",\"orderId\":\"o-")
        .append(random.nextInt(1_000_000_000))
        .append("\",\"amount\":")
        .append(random.nextInt(50_000) / 100.0)
        .append(",\"durationMs\":")
        .append(random.nextInt(900))
        .append(",\"trace\":\"")
        .append(Long.toHexString(random.nextLong()))
        .append("\",\"region\":\"eu-central-1\",\"currency\":\"EUR\"}\n");
  }

  private static void access(StringBuilder text, String stamp, SplittableRandom random) {
    text.append(stamp)
        .append(" stdout F ")
        .append(random.nextInt(1, 224))
        .append('.')
        .append(random.nextInt(256))
        .append('.')
        .append(random.nextInt(256))
        .append('.')
        .append(random.nextInt(256))
        .append(" - - \"GET ")
        .append(pick(PATHS, random))
        .append(random.nextInt(100_000))
        .append("?s=")
        .append(Integer.toString(random.nextInt(Integer.MAX_VALUE), 36))
        .append(" HTTP/1.1\" ")
        .append(random.nextInt(50) == 0 ? 404 : 200)
        .append(' ')
        .append(random.nextInt(200, 90_000))
        .append(" \"-\" \"")
        .append(pick(AGENTS, random))
        .append("\" rt=0.")
        .append(random.nextInt(100, 1000))
        .append(" id=")
        .append(Long.toHexString(random.nextLong()))
        .append('\n');
  }

  private static String pick(List<String> from, SplittableRandom random) {
    return from.get(random.nextInt(from.size()));
  }

  private static void trace(StringBuilder text, String stamp, SplittableRandom random) {
    String prefix = stamp + " stderr F ";
    text.append(prefix)
        .append("java.lang.IllegalStateException: invoice ")
        .append(random.nextInt(1_000_000))
        .append(" is not open\n");
    for (int frame = 1; frame < TRACE_LINES; frame++) {
      text.append(prefix)
          .append("\tat com.example.billing.stage")
          .append(frame)
          .append(".Invoices.close(Invoices.java:")
          .append(100 + frame)
          .append(")\n");
    }
  }

  /// How many records the lines make: a stack trace is one.
  long records() {
    return records;
  }

  long bytes() {
    return bytes;
  }

  /// How many lines there are.
  long lines() {
    return lines / files.size() * files.size();
  }
}
