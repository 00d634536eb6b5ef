package dev.longshore.e2e.torture;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What was done to the agent, and when: in memory, and as a file in the run's folder. Safe for use
/// by any thread.
final class EventLog implements AutoCloseable {
  private final Clock clock = Clock.system();
  private volatile long startNanos = clock.nanoTime();
  private final PrintStream file;

  /// Guarded by this.
  private final List<Event> events = new ArrayList<>();

  EventLog(Path path) throws IOException {
    file = new PrintStream(path.toFile(), StandardCharsets.UTF_8);
  }

  /// @param atMillis since the run began
  record Event(long atMillis, String text) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%8.2f s  %s", atMillis / 1000.0, text);
    }
  }

  /// The run begins now.
  void begin() {
    startNanos = clock.nanoTime();
  }

  /// Milliseconds since the run began.
  long nowMillis() {
    return (clock.nanoTime() - startNanos) / 1_000_000;
  }

  void add(String format, Object... values) {
    Event event = new Event(nowMillis(), String.format(Locale.ROOT, format, values));
    synchronized (this) {
      events.add(event);
      file.println(event);
      file.flush();
    }
  }

  /// The last ones before a time.
  synchronized List<Event> before(long atMillis, int count) {
    int end = 0;
    while (end < events.size() && events.get(end).atMillis() <= atMillis) {
      end++;
    }
    return List.copyOf(events.subList(Math.max(0, end - count), end));
  }

  @Override
  public void close() {
    file.close();
  }
}
