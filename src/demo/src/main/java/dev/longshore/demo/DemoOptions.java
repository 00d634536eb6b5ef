package dev.longshore.demo;

import dev.longshore.shared.units.Durations;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the demo was asked for.
///
/// @param runFor how long the dock writes, or null until Ctrl-C
/// @param elasticsearch one that runs already, or null to start one
/// @param opsPort where the agent's status page is, or 0 for a free port
record DemoOptions(@Nullable Duration runFor, @Nullable URI elasticsearch, int opsPort) {
  static final String USAGE =
      "usage: ./longshore demo [--for 60s] [--elasticsearch URL] [--ops-port PORT]";

  /// @throws IllegalArgumentException that says which argument is wrong
  static DemoOptions parse(List<String> arguments) {
    Duration runFor = null;
    URI elasticsearch = null;
    int opsPort = 0;
    for (int i = 0; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("no value behind '" + option + "'; " + USAGE);
      }
      String value = arguments.get(i + 1);
      switch (option) {
        case "--for" -> runFor = Durations.parse(value);
        case "--elasticsearch" -> elasticsearch = URI.create(value);
        case "--ops-port" -> opsPort = port(option, value);
        default -> throw new IllegalArgumentException("no option '" + option + "'; " + USAGE);
      }
    }
    return new DemoOptions(runFor, elasticsearch, opsPort);
  }

  private static int port(String option, String value) {
    try {
      int port = Integer.parseInt(value);
      if (port >= 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, for both ways to be wrong.
    }
    throw new IllegalArgumentException(option + " '" + value + "' is not a port (0 to 65535)");
  }
}
