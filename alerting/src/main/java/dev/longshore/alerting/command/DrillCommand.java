package dev.longshore.alerting.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.units.Durations;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// `longshore alerting drill RULE`: a marked message on the real way of a rule's alerts.
final class DrillCommand {
  private final PrintStream out;

  DrillCommand(PrintStream out) {
    this.out = out;
  }

  int run(List<String> words) throws Wrong, IOException, InterruptedException {
    Arguments arguments =
        new Arguments(
            words,
            Set.of("--url", HttpConfigFile.OPTION, "--labels", "--value", "--for"),
            Set.of(),
            1);
    if (arguments.operands().isEmpty()) {
      throw new Wrong("no rule; give the name of an alert");
    }
    ObjectNode drill = new ObjectMapper().createObjectNode();
    drill.put("rule", arguments.operands().getFirst());
    ObjectNode labels = drill.putObject("labels");
    for (String pair : arguments.value("--labels", "").split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        labels.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      } else if (!pair.isBlank()) {
        throw new Wrong("--labels: '" + pair + "' is not of the form name=value");
      }
    }
    String lasts = arguments.value("--for");
    if (lasts != null) {
      try {
        Durations.parse(lasts);
      } catch (IllegalArgumentException e) {
        throw new Wrong("--for: " + e.getMessage());
      }
      drill.put("for", lasts);
    }
    try {
      drill.put("value", Double.parseDouble(arguments.value("--value", "1")));
    } catch (NumberFormatException e) {
      throw new Wrong("--value " + arguments.value("--value") + " is no number");
    }
    JsonNode answer =
        new Server(
                Commands.url(arguments), HttpConfigFile.of(arguments.value(HttpConfigFile.OPTION)))
            .post("/drill", drill, "receivers");
    answer.path("alerts").forEach(alert -> out.println("raised " + alert.asText()));
    List<String> receivers = new ArrayList<>();
    answer.path("receivers").forEach(it -> receivers.add(it.asText()));
    out.println(
        "It goes to "
            + String.join(", ", receivers)
            + ", as the route says, and ends by itself. See what becomes of it with: longshore"
            + " alerting explain "
            + arguments.operands().getFirst());
    return Commands.OK;
  }
}
