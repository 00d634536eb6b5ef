package dev.longshore.bench;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/// Writes the logs of containers while the agent reads them: lines of JSON, evenly, each container
/// in its turn, a write for each line as a container runtime does it.
final class LineWriter implements AutoCloseable {
  /// Of the JSON that a container writes; the runtime puts some 40 before it.
  static final int BODY_BYTES = 216;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final Duration TICK = Duration.ofMillis(10);

  private final Clock clock;
  private final double linesPerSecond;
  private final List<OutputStream> logs = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(7);
  private final StringBuilder text = new StringBuilder(512);
  private long lines;
  private long bytes;

  /// @param linesPerSecond of all containers together
  LineWriter(Collection<Path> logs, double linesPerSecond, Clock clock) throws IOException {
    this.clock = clock;
    this.linesPerSecond = linesPerSecond;
    for (Path log : logs) {
      this.logs.add(
          Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }
  }

  /// Writes for so long. What it could not write in time it writes at once.
  void write(Duration duration) throws IOException, InterruptedException {
    long started = clock.nanoTime();
    long before = lines;
    long elapsed = 0;
    while (elapsed < duration.toNanos()) {
      clock.sleep(TICK);
      elapsed = Math.min(clock.nanoTime() - started, duration.toNanos());
      long due = before + (long) (elapsed / 1e9 * linesPerSecond);
      while (lines < due) {
        writeLine();
      }
    }
  }

  /// Writes one line to the container whose turn it is.
  void writeLine() throws IOException {
    text.setLength(0);
    text.append(STAMP.format(clock.now())).append(" stdout F ");
    int body = text.length();
    text.append("{\"level\":\"info\",\"logger\":\"order\",\"message\":\"order placed for customer ")
        .append(random.nextInt(1_000_000))
        .append("\",\"amount\":")
        .append(random.nextInt(50_000) / 100.0)
        .append(",\"durationMs\":")
        .append(random.nextInt(900))
        .append(",\"region\":\"eu-central-1\",\"trace\":\"");
    while (text.length() - body < BODY_BYTES - 2) {
      text.append(Character.forDigit(random.nextInt(16), 16));
    }
    text.append("\"}\n");
    byte[] line = text.toString().getBytes(StandardCharsets.US_ASCII);
    logs.get((int) (lines % logs.size())).write(line);
    lines++;
    bytes += line.length;
  }

  long lines() {
    return lines;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    for (OutputStream log : logs) {
      log.close();
    }
  }
}
