package dev.longshore.alerting.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `longshore fleet`: what the agents say of their nodes, in 80 columns. Exit code 1 when a node is
/// silent or says what keeps it from shipping, or nothing is known.
final class FleetCommand {
  private static final int COLUMNS = 80;
  private static final int NAME = 24;
  private static final int WORKLOAD = 34;
  private static final String NODES = "%-24s %8s %8s %10s %9s %6s %s%n";
  private static final String WORKLOADS = "%-34s %11s %9s %10s %6s%n";
  private static final String ERRORS = "%-19s %-30s %10s %7s %6s%n";
  private static final String UNKNOWN = "-";

  private final Clock clock;
  private final PrintStream out;

  FleetCommand(Clock clock, PrintStream out) {
    this.clock = clock;
    this.out = out;
  }

  int run(List<String> words) throws Wrong, IOException, InterruptedException {
    Arguments arguments =
        new Arguments(words, Set.of("--url", HttpConfigFile.OPTION), Set.of("--json"), 0);
    HttpConfigFile http = HttpConfigFile.of(arguments.value(HttpConfigFile.OPTION));
    JsonNode page = new Server(Commands.url(arguments), http).get("/fleet", "nodes");
    if (arguments.has("--json")) {
      out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(page));
    } else {
      print(page);
    }
    return isWell(page) ? Commands.OK : Commands.FAILED;
  }

  private static boolean isWell(JsonNode page) {
    boolean well = page.path("problem").asText().isEmpty() && !page.path("nodes").isEmpty();
    for (JsonNode node : page.path("nodes")) {
      well &= Set.of("ok", "stopped").contains(node.path("state").asText());
    }
    return well;
  }

  private void print(JsonNode page) {
    String problem = page.path("problem").asText();
    if (!problem.isEmpty()) {
      wrapped("", problem);
    }
    if (page.path("nodes").isEmpty()) {
      if (problem.isEmpty()) {
        out.println("No agent has published anything within a day.");
      }
      return;
    }
    boolean clusters = clusters(page);
    out.printf(NODES, "NODE", "HEARD", "BEHIND", "BUFFERED", "LOST", "DEAD", "VERSION");
    page.path("nodes").forEach(node -> node(node, clusters));
    if (page.path("leftOut").asLong() > 0) {
      out.println("and " + page.path("leftOut").asLong() + " more nodes");
    }
    workloads("LOUDEST", page.path("loudest"));
    workloads("MOST ERRORS", page.path("erroneous"));
    errors(page.path("errors"));
  }

  private static boolean clusters(JsonNode page) {
    Set<String> clusters = new HashSet<>();
    page.path("nodes").forEach(node -> clusters.add(node.path("cluster").asText()));
    return clusters.size() > 1;
  }

  private void node(JsonNode node, boolean withCluster) {
    String name = node.path("node").asText();
    boolean reported = node.has("published");
    out.printf(
        NODES,
        cut(withCluster ? node.path("cluster").asText() + "/" + name : name, NAME),
        since(node.path("lastHeard")),
        node.has("behindSeconds")
            ? duration(Duration.ofSeconds(node.path("behindSeconds").asLong()))
            : UNKNOWN,
        reported ? bytes(node.path("buffer").path("bytes").asLong()) : UNKNOWN,
        reported ? bytes(node.path("records").path("lostBytes").asLong()) : UNKNOWN,
        reported ? count(node.path("records").path("deadLettered").asLong()) : UNKNOWN,
        reported ? cut(node.path("version").asText(), 8) : UNKNOWN);
    String state = node.path("state").asText();
    boolean first = true;
    for (JsonNode problem : node.path("problems")) {
      wrapped(first && state.equals("silent") ? "  SILENT: " : "  ", problem.asText());
      first = false;
    }
  }

  private void workloads(String title, JsonNode loads) {
    if (loads.isEmpty()) {
      return;
    }
    out.println();
    out.printf(WORKLOADS, title, "BYTES/s", "LINES/s", "ERRORS/min", "NODES");
    for (JsonNode load : loads) {
      out.printf(
          WORKLOADS,
          cut(load.path("namespace").asText() + "/" + load.path("service").asText(), WORKLOAD),
          bytes(load.path("bytesPerSecond").asLong()),
          load.path("recordsPerSecond").asText(),
          load.path("errorsPerMinute").asText(),
          load.path("nodes").asText());
    }
  }

  private void errors(JsonNode errors) {
    if (errors.isEmpty()) {
      return;
    }
    out.println();
    out.printf(ERRORS, "NEWEST ERRORS", "WORKLOAD", "FIRST SEEN", "LINES", "NODES");
    for (JsonNode error : errors) {
      out.printf(
          ERRORS,
          error.path("fingerprint").asText(),
          cut(error.path("namespace").asText() + "/" + error.path("service").asText(), 30),
          error.has("firstSeen") ? since(error.path("firstSeen")) : UNKNOWN,
          count(error.path("count").asLong()),
          error.path("nodes").asText());
      String type = error.path("type").asText();
      String image = error.path("image").asText();
      if (!type.isEmpty() || !image.isEmpty()) {
        out.println(
            cut(
                "    "
                    + (type.isEmpty() ? "an error without a type" : type)
                    + (image.isEmpty() ? "" : ", since image " + image),
                COLUMNS));
      }
    }
  }

  private String since(JsonNode instant) {
    return duration(Duration.between(Instant.parse(instant.asText()), clock.now()));
  }

  private static String duration(Duration past) {
    if (past.toSeconds() < 100) {
      return Math.max(0, past.toSeconds()) + " s";
    }
    if (past.toMinutes() < 100) {
      return past.toMinutes() + " min";
    }
    return past.toHours() < 48 ? past.toHours() + " h" : past.toDays() + " d";
  }

  private static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1_000 && unit < units.length - 1) {
      value /= 1_024;
      unit++;
    }
    return unit == 0 || value >= 100
        ? Math.round(value) + " " + units[unit]
        : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  private static String count(long count) {
    if (count < 100_000) {
      return String.valueOf(count);
    }
    return count < 100_000_000 ? count / 1_000 + "k" : count / 1_000_000 + "M";
  }

  private static String cut(String text, int columns) {
    return text.length() <= columns ? text : text.substring(0, columns - 1) + "…";
  }

  /// Prints words in as many lines as they need.
  private void wrapped(String indent, String text) {
    StringBuilder line = new StringBuilder(indent);
    String space = "";
    for (String word : text.split(" ", -1)) {
      if (line.length() + space.length() + word.length() > COLUMNS && !space.isEmpty()) {
        out.println(line);
        line = new StringBuilder("    ");
        space = "";
      }
      line.append(space).append(word);
      space = " ";
    }
    out.println(line);
  }
}
