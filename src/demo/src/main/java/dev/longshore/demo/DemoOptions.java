package dev.longshore.demo;

import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.units.Durations;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the demo was asked for.
///
/// @param runFor how long the dock writes, or null until Ctrl-C
/// @param elasticsearch one that runs already, or null to start one
/// @param opsPort where the agent's status page is, or 0 for a free port
record DemoOptions(@Nullable Duration runFor, @Nullable URI elasticsearch, int opsPort) {
  static final String USAGE =
      "usage: ./longshore demo [--for 60s] [--elasticsearch URL] [--ops-port PORT]";

  private static final String FOR = "--for";
  private static final String ELASTICSEARCH = "--elasticsearch";
  private static final String OPS_PORT = "--ops-port";

  /// @throws Wrong when an argument is wrong
  static DemoOptions parse(List<String> words) throws Wrong {
    Arguments arguments = new Arguments(words, Set.of(FOR, ELASTICSEARCH, OPS_PORT), Set.of(), 0);
    String runFor = arguments.value(FOR);
    boolean isRunning = arguments.value(ELASTICSEARCH) != null;
    return new DemoOptions(
        runFor == null ? null : duration(runFor),
        isRunning ? arguments.url(ELASTICSEARCH, "", Set.of("http", "https")) : null,
        port(arguments.value(OPS_PORT, "0")));
  }

  private static Duration duration(String value) throws Wrong {
    try {
      Duration duration = Durations.parse(value);
      if (duration.isPositive()) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      throw new Wrong(FOR + ": " + e.getMessage());
    }
    throw new Wrong(FOR + " '" + value + "' is no time to write anything; give 60s, or 5m");
  }

  private static int port(String value) throws Wrong {
    try {
      int port = Integer.parseInt(value);
      if (port >= 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, for both ways to be wrong.
    }
    throw new Wrong(OPS_PORT + " '" + value + "' is not a port (0 to 65535)");
  }
}
