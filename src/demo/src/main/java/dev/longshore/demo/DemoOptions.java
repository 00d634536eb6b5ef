package dev.longshore.demo;

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

  private static final List<String> OPTIONS = List.of("--for", "--elasticsearch", "--ops-port");

  /// @throws IllegalArgumentException that says which argument is wrong
  static DemoOptions parse(List<String> arguments) {
    Duration runFor = null;
    URI elasticsearch = null;
    int opsPort = 0;
    for (int i = 0; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      if (!OPTIONS.contains(option)) {
        throw new IllegalArgumentException(
            (option.startsWith("-") ? "unknown option '" : "unexpected argument '")
                + option
                + "'; expected one of: "
                + String.join(", ", OPTIONS));
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("option " + option + " requires a value");
      }
      String value = arguments.get(i + 1);
      switch (option) {
        case "--for" -> runFor = Durations.parse(value);
        case "--elasticsearch" -> elasticsearch = url(option, value);
        default -> opsPort = port(option, value);
      }
    }
    return new DemoOptions(runFor, elasticsearch, opsPort);
  }

  /// @throws IllegalArgumentException when it is no address of a server
  static URI url(String option, String value) {
    try {
      URI url = URI.create(value);
      if (url.getHost() != null && Set.of("http", "https").contains(url.getScheme())) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Said below, for all ways to be wrong.
    }
    throw new IllegalArgumentException(
        option + " '" + value + "' is not of the form http://HOST:PORT");
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
