package dev.longshore.e2e.torture;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.agent.ops.LedgerTotals;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The result of a run: a table, the failures with what came before them, and the same as JSON.
///
/// @param seconds how long lines were written
/// @param lines written
/// @param bytes written
/// @param generations file generations that were written
/// @param reportedLostBytes what the agent says was deleted before it was read
/// @param ledger of the agent's last run, when all was caught up
/// @param looks how often the ledger was looked at while it ran
/// @param problems what is wrong besides the lines
record Report(
    TortureOptions options,
    double seconds,
    long lines,
    long bytes,
    long poison,
    int generations,
    int containers,
    int agentRuns,
    int namespaceRuns,
    Map<FaultKind, Integer> faults,
    Map<FaultKind, Integer> passedOver,
    long reportedLostBytes,
    Verdict verdict,
    LedgerTotals ledger,
    int looks,
    List<String> problems) {
  private static final int EVENTS = 20;

  private int count(String what) {
    return verdict.count(what);
  }

  /// Whether everything is as it should be.
  boolean good() {
    return verdict.tally().isEmpty() && problems.isEmpty();
  }

  void print(PrintStream out, EventLog events) {
    for (Verdict.Finding finding : verdict.findings()) {
      print(finding, out, events);
    }
    for (String problem : problems) {
      out.println("✘ " + problem);
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "%s seed %d, %.0f s: %d containers, %,d file generations, %,d runs of the agent (%d as PID 1)%n",
        good() ? "✔" : "✘",
        options.seed(),
        seconds,
        containers,
        generations,
        agentRuns,
        namespaceRuns);
    int injected = 0;
    for (FaultKind kind : FaultKind.values()) {
      int times = faults.getOrDefault(kind, 0);
      int not = passedOver.getOrDefault(kind, 0);
      injected += times;
      out.printf(
          Locale.ROOT,
          "  %-50s %,9d%s%n",
          kind.text,
          times,
          not == 0 ? "" : "   (" + not + " passed over)");
    }
    row(out, "faults injected", injected);
    out.println();
    row(out, "lines written", lines);
    row(out, "bytes written", bytes);
    row(out, "lines in Elasticsearch", verdict.linesFound());
    row(out, "documents", verdict.documents());
    row(out, "dead letters", verdict.deadLetters());
    row(out, "poisonous lines written", poison);
    row(out, "bytes deleted unread", verdict.unreadBytes());
    row(out, "bytes that the agent says were deleted unread", reportedLostBytes);
    row(out, "records cut by a rotation, clock jump or pause", verdict.tornRecords());
    row(out, "records cut otherwise", count("torn"));
    row(out, "lines out of place", count("misplaced"));
    row(out, "lost", count("lost"));
    row(out, "doubled", count("doubled"));
    for (Map.Entry<String, Integer> other : verdict.tally().entrySet()) {
      if (!List.of("torn", "misplaced", "lost", "doubled").contains(other.getKey())) {
        row(out, other.getKey(), other.getValue());
      }
    }
  }

  private static void row(PrintStream out, String what, long value) {
    out.printf(Locale.ROOT, "  %-50s %,9d%n", what, value);
  }

  private static void print(Verdict.Finding finding, PrintStream out, EventLog events) {
    TorturedContainer container = finding.container();
    if (container == null || finding.line() < 0) {
      out.printf("✘ %s: %s%n", finding.what(), finding.details());
      return;
    }
    LineBook book = container.book();
    int line = finding.line();
    Generation generation = container.generations().get(book.generation(line));
    out.printf(
        Locale.ROOT,
        "✘ %s: line %d of %s, at byte %d of %s (generation %s%s), written at %.2f s. %s%n",
        finding.what(),
        line,
        container.place().key(),
        book.offset(line),
        generation.path,
        generation.id,
        generation.deleted
            ? String.format(Locale.ROOT, ", deleted at %.2f s", generation.deletedAtMillis / 1000.0)
            : "",
        book.atMillis(line) / 1000.0,
        finding.details());
    for (EventLog.Event event : events.before(book.atMillis(line), EVENTS)) {
      out.println("    " + event);
    }
  }

  void write(Path file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("seed", options.seed());
    root.put("seconds", seconds);
    root.put("good", good());
    root.put("containers", containers);
    root.put("generations", generations);
    root.put("agentRuns", agentRuns);
    root.put("agentRunsAsPid1", namespaceRuns);
    ObjectNode kinds = root.putObject("faults");
    faults.forEach((kind, times) -> kinds.put(TortureOptions.option(kind), times));
    ObjectNode not = root.putObject("faultsPassedOver");
    passedOver.forEach((kind, times) -> not.put(TortureOptions.option(kind), times));
    root.put("linesWritten", lines);
    root.put("bytesWritten", bytes);
    root.put("linesInElasticsearch", verdict.linesFound());
    root.put("documents", verdict.documents());
    root.put("deadLetters", verdict.deadLetters());
    root.put("poisonousLines", poison);
    root.put("bytesDeletedUnread", verdict.unreadBytes());
    root.put("bytesReportedLost", reportedLostBytes);
    root.put("recordsCut", verdict.tornRecords());
    root.put("lost", count("lost"));
    root.put("doubled", count("doubled"));
    ObjectNode tally = root.putObject("findings");
    verdict.tally().forEach(tally::put);
    root.put("booksLookedAt", looks);
    ObjectNode last = root.putObject("ledger");
    last.put("recovered", ledger.recovered());
    last.put("read", ledger.read());
    last.put("indexed", ledger.indexed());
    last.put("duplicate", ledger.duplicate());
    last.put("deadLettered", ledger.deadLettered());
    last.put("filtered", ledger.filtered());
    problems.forEach(root.putArray("problems")::add);
    Files.write(file, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }
}
