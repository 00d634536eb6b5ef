package dev.longshore.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The live table: what each container wrote, and how far it is. On a terminal it is drawn in
/// place; elsewhere it is printed again each few seconds.
final class Table {
  /// 79 characters, so that a line of a terminal with 80 columns does not wrap: it is drawn in
  /// place by the number of its lines.
  private static final String ROW = "%-24s %10s %10s %10s %10s %10s%n";

  private final PrintStream out;
  private final boolean terminal;
  private int drawn;

  Table(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// A line of the table; jobs are summed up.
  private record Row(
      String name, long lines, long records, long read, long indexed, long lagBytes) {
    Row plus(DockContainer container, AgentView.Totals totals) {
      return new Row(
          name,
          lines + container.lines(),
          records + container.records(),
          read + totals.read(),
          indexed + totals.indexed() + totals.duplicate(),
          lagBytes + totals.lagBytes());
    }
  }

  void draw(String headline, List<DockContainer> containers, Map<String, AgentView.Totals> totals) {
    List<Row> rows = rows(containers, totals);
    if (terminal && drawn > 0) {
      out.print("\u001b[" + drawn + "A\u001b[J");
    }
    out.println(headline);
    out.printf(ROW, "container", "lines", "records", "read", "indexed", "lag");
    for (Row row : rows) {
      out.printf(
          ROW,
          row.name,
          count(row.lines),
          count(row.records),
          count(row.read),
          count(row.indexed),
          row.lagBytes == 0 ? "-" : row.lagBytes / 1024 + " KiB");
    }
    out.flush();
    drawn = rows.size() + 2;
  }

  private static String count(long value) {
    return String.format(java.util.Locale.ROOT, "%,d", value);
  }

  private static List<Row> rows(
      List<DockContainer> containers, Map<String, AgentView.Totals> totals) {
    List<Row> rows = new ArrayList<>();
    Row jobs = null;
    int jobCount = 0;
    Row total = new Row("all", 0, 0, 0, 0, 0);
    for (DockContainer container : containers) {
      AgentView.Totals its = totals.getOrDefault(container.pod(), AgentView.Totals.NONE);
      total = total.plus(container, its);
      Workload workload = container.workload();
      if (workload == Workload.REPORT) {
        jobCount++;
        jobs = (jobs == null ? new Row("", 0, 0, 0, 0, 0) : jobs).plus(container, its);
      } else {
        rows.add(
            new Row(workload.namespace + "/" + workload.container, 0, 0, 0, 0, 0)
                .plus(container, its));
      }
    }
    if (jobs != null) {
      rows.add(
          new Row(
              "batch/report (" + jobCount + " jobs)",
              jobs.lines,
              jobs.records,
              jobs.read,
              jobs.indexed,
              jobs.lagBytes));
    }
    rows.add(total);
    return rows;
  }
}
