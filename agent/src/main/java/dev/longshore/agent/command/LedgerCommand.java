package dev.longshore.agent.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.agent.ops.Books;
import dev.longshore.agent.ops.StatusClient;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// `longshore agent ledger`: the books of a running agent, container by container, and whether they
/// balance.
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
  /// @param books by `namespace/pod/container`, pods of the same name told apart by their uid
  private record Look(String node, Map<String, Books> books, long bufferBytes) {
    static Look of(JsonNode status) {
      Map<String, Books> books = new TreeMap<>();
      for (JsonNode it : status.path("containers")) {
        String name =
            it.path("namespace").asText()
                + "/"
                + it.path("pod").asText()
                + "/"
                + it.path("container").asText();
        String key = books.containsKey(name) ? name + " " + it.path("podUid").asText() : name;
        books.put(key, Books.read(it));
      }
      return new Look(
          status.path("agent").path("node").asText(),
          books,
          status.path("buffer").path("payloadBytes").asLong());
    }

    Books total() {
      return books.values().stream().reduce(Books.EMPTY, Books::plus);
    }

    Set<String> unbalanced() {
      Set<String> names = new TreeSet<>();
      books.forEach(
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
    Arguments arguments = new Arguments(words, Set.of("--url"), Set.of("--json"), 1);
    String pod = arguments.operands().isEmpty() ? "" : arguments.operands().getFirst();
    if (!pod.isEmpty() && (pod.indexOf('/') <= 0 || pod.endsWith("/"))) {
      throw new Wrong("'" + pod + "' is not of the form NAMESPACE/POD");
    }
    StatusClient agent = new StatusClient(Commands.url(arguments));
    Look look = Look.of(agent.read());
    Set<String> unbalanced = look.unbalanced();
    for (int i = 1; i < LOOKS && !unbalanced.isEmpty(); i++) {
      clock.sleep(BETWEEN_LOOKS);
      look = Look.of(agent.read());
      unbalanced.retainAll(look.unbalanced());
    }
    Look last = look;
    Map<String, Books> shown = new TreeMap<>(last.books);
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
    int width = Math.max(9, look.books.keySet().stream().mapToInt(String::length).max().orElse(0));
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
    look.books.forEach((name, books) -> row(row, name, books, unbalanced.contains(name)));
    Books total = look.total();
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
          "The books of node %s balance: recovered + read = indexed + duplicate + dead letter +"
              + " filtered + buffered.%n",
          look.node);
    } else {
      out.printf(
          "The books of node %s do NOT balance: %s.%n", look.node, String.join(", ", unbalanced));
    }
  }

  private void row(String row, String name, Books books, boolean wrong) {
    out.printf(
        row,
        name,
        number(books.recovered()),
        number(books.read()),
        number(books.indexed()),
        number(books.duplicate()),
        number(books.deadLettered()),
        number(books.filtered()),
        number(books.buffered()),
        number(books.lostBytes()),
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
    look.books.forEach(
        (name, books) ->
            put(containers.addObject().put("container", name), books)
                .put("balanced", !unbalanced.contains(name)));
    put(page.putObject("total"), look.total());
    out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(page));
  }

  private static ObjectNode put(ObjectNode to, Books books) {
    ObjectNode byRule = to.putObject("filteredByRule");
    books.filteredByRule().forEach(byRule::put);
    return to.put("recovered", books.recovered())
        .put("read", books.read())
        .put("indexed", books.indexed())
        .put("duplicate", books.duplicate())
        .put("deadLettered", books.deadLettered())
        .put("filtered", books.filtered())
        .put("buffered", books.buffered())
        .put("bufferedBytes", books.bufferedBytes())
        .put("lostBytes", books.lostBytes())
        .put("lostRecordsEstimate", books.lostRecordsEstimate());
  }
}
