package dev.longshore.agent.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.agent.ops.LedgerTotals;
import dev.longshore.agent.ops.StatusClient;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// `longshore agent ledger`: the ledger of a running agent, container by container, and whether it
/// balances.
///
/// Counters of a busy agent are read one after the other, so what does not balance is looked at
/// again: only what does not balance in any of [#LOOKS] looks is said not to.
final class LedgerCommand {
  static final int LOOKS = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final String BUFFER = "the buffer";

  private final Clock clock;
  private final PrintStream out;

  LedgerCommand(Clock clock, PrintStream out) {
    this.clock = clock;
    this.out = out;
  }

  /// What one look at the status page saw.
  ///
  /// @param totals by `namespace/pod/container`, pods of the same name told apart by their uid
  private record Look(String node, Map<String, LedgerTotals> totals, long bufferBytes) {
    static Look of(JsonNode status) {
      Map<String, LedgerTotals> totals = new TreeMap<>();
      for (JsonNode it : status.path("containers")) {
        String name =
            it.path("namespace").asText()
                + "/"
                + it.path("pod").asText()
                + "/"
                + it.path("container").asText();
        String key = totals.containsKey(name) ? name + " " + it.path("podUid").asText() : name;
        totals.put(key, LedgerTotals.read(it));
      }
      return new Look(
          status.path("agent").path("node").asText(),
          totals,
          status.path("buffer").path("payloadBytes").asLong());
    }

    LedgerTotals total() {
      return totals.values().stream().reduce(LedgerTotals.EMPTY, LedgerTotals::plus);
    }

    Set<String> unbalanced() {
      Set<String> names = new TreeSet<>();
      totals.forEach(
          (name, it) -> {
            if (!it.balanced()) {
              names.add(name);
            }
          });
      if (total().bufferedBytes() != bufferBytes) {
        names.add(BUFFER);
      }
      return names;
    }
  }

  int run(List<String> words) throws Wrong, IOException, InterruptedException {
    Arguments arguments =
        new Arguments(words, Set.of("--url", HttpConfigFile.OPTION), Set.of("--json"), 1);
    String pod = arguments.operands().isEmpty() ? "" : arguments.operands().getFirst();
    if (!pod.isEmpty() && (pod.indexOf('/') <= 0 || pod.endsWith("/"))) {
      throw new Wrong("'" + pod + "' is not of the form NAMESPACE/POD");
    }
    StatusClient agent =
        new StatusClient(
            Commands.url(arguments), HttpConfigFile.of(arguments.value(HttpConfigFile.OPTION)));
    Look look = Look.of(agent.read());
    Set<String> unbalanced = look.unbalanced();
    for (int i = 1; i < LOOKS && !unbalanced.isEmpty(); i++) {
      clock.sleep(BETWEEN_LOOKS);
      look = Look.of(agent.read());
      unbalanced.retainAll(look.unbalanced());
    }
    Look last = look;
    Map<String, LedgerTotals> shown = new TreeMap<>(last.totals);
    if (!pod.isEmpty()) {
      shown.keySet().removeIf(name -> !name.startsWith(pod));
      unbalanced.retainAll(shown.keySet());
      if (shown.isEmpty()) {
        out.println("No container of " + pod + " is known to the agent on node " + last.node + ".");
        return Commands.FAILED;
      }
    }
    Look part = new Look(last.node, shown, last.bufferBytes);
    if (arguments.has("--json")) {
      json(part, unbalanced);
    } else {
      table(part, unbalanced);
    }
    return unbalanced.isEmpty() ? Commands.OK : Commands.FAILED;
  }

  private void table(Look look, Set<String> unbalanced) {
    int width = Math.max(9, look.totals.keySet().stream().mapToInt(String::length).max().orElse(0));
    String row = "%-" + width + "s %12s %12s %12s %12s %12s %12s %12s %14s%s%n";
    out.printf(
        row,
        "CONTAINER",
        "RECOVERED",
        "READ",
        "INDEXED",
        "DUPLICATE",
        "DEAD LETTER",
        "FILTERED",
        "BUFFERED",
        "LOST BYTES",
        "");
    look.totals.forEach((name, totals) -> row(row, name, totals, unbalanced.contains(name)));
    LedgerTotals total = look.total();
    row(row, "all", total, false);
    total
        .filteredByRule()
        .forEach(
            (rule, records) -> out.printf("Filtered by rule %s: %,d records.%n", rule, records));
    if (total.lostBytes() > 0) {
      long records = total.lostRecordsEstimate();
      out.printf(
          "LOST: %,d bytes were deleted before they were read%s.%n",
          total.lostBytes(),
          records < 0 ? "" : String.format(", about %,d records by the mean length", records));
    }
    if (unbalanced.isEmpty()) {
      out.printf(
          "The ledger of node %s balances: recovered + read = indexed + duplicate + dead letter +"
              + " filtered + buffered.%n",
          look.node);
    } else {
      out.printf(
          "The ledger of node %s does NOT balance: %s.%n",
          look.node, String.join(", ", unbalanced));
    }
  }

  private void row(String row, String name, LedgerTotals totals, boolean wrong) {
    out.printf(
        row,
        name,
        number(totals.recovered()),
        number(totals.read()),
        number(totals.indexed()),
        number(totals.duplicate()),
        number(totals.deadLettered()),
        number(totals.filtered()),
        number(totals.buffered()),
        number(totals.lostBytes()),
        wrong ? "  NOT BALANCED" : "");
  }

  private static String number(long value) {
    return String.format("%,d", value);
  }

  private void json(Look look, Set<String> unbalanced) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode page = mapper.createObjectNode();
    page.put("node", look.node);
    page.put("balanced", unbalanced.isEmpty());
    ArrayNode containers = page.putArray("containers");
    look.totals.forEach(
        (name, totals) ->
            put(containers.addObject().put("container", name), totals)
                .put("balanced", !unbalanced.contains(name)));
    put(page.putObject("total"), look.total());
    out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(page));
  }

  private static ObjectNode put(ObjectNode to, LedgerTotals totals) {
    ObjectNode byRule = to.putObject("filteredByRule");
    totals.filteredByRule().forEach(byRule::put);
    return to.put("recovered", totals.recovered())
        .put("read", totals.read())
        .put("indexed", totals.indexed())
        .put("duplicate", totals.duplicate())
        .put("deadLettered", totals.deadLettered())
        .put("filtered", totals.filtered())
        .put("buffered", totals.buffered())
        .put("bufferedBytes", totals.bufferedBytes())
        .put("lostBytes", totals.lostBytes())
        .put("lostRecordsEstimate", totals.lostRecordsEstimate());
  }
}
