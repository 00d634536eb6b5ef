package dev.longshore.alerting.fleet;

import dev.longshore.alerting.logs.ErrorHistory;
import dev.longshore.alerting.logs.KibanaLinks;
import dev.longshore.shared.elastic.NodeReport;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Makes one picture of what the agents say. Knows no clock and no source.
final class FleetSummary {
  /// Agents publish watermarks each few seconds and reports each minute: so many are missed.
  static final Duration SILENT = Duration.ofMinutes(3);

  /// A report that is so much older than the node's watermark was not published.
  private static final Duration REPORT_MISSED = Duration.ofMinutes(5);

  /// As log rules have it.
  private static final Duration BEHIND = Duration.ofMinutes(5);

  /// Workloads and errors that are shown.
  private static final int MOST = 10;

  /// Errors that are looked up, as some of them are older than their agents know.
  private static final int CANDIDATES = 100;

  private static final int MOST_NAMED = 3;
  static final String INDEX = "logs-*";

  private final KibanaLinks kibana;
  private final Instant now;

  FleetSummary(KibanaLinks kibana, Instant now) {
    this.kibana = kibana;
    this.now = now;
  }

  /// A node's name, the cluster's before it.
  private record Name(String cluster, String node) {}

  /// What a node's agent published.
  private record Said(@Nullable NodeReport report, @Nullable Watermark watermark) {
    Instant lastHeard() {
      Instant reported = report == null ? Instant.MIN : report.published();
      Instant marked = watermark == null ? Instant.MIN : watermark.published();
      return reported.isAfter(marked) ? reported : marked;
    }

    boolean hasStopped() {
      Instant reported = report == null ? Instant.MIN : report.published();
      if (watermark != null && !watermark.published().isBefore(reported)) {
        return watermark.last();
      }
      return report != null && report.last();
    }

    @Nullable Instant searchableUpTo() {
      if (watermark != null && watermark.watermark() != null) {
        return watermark.watermark();
      }
      return report == null ? null : report.searchableUpTo();
    }
  }

  FleetView of(NodeReports.Found found, List<Watermark> watermarks) {
    Map<Name, Said> all = new LinkedHashMap<>();
    for (NodeReport report : found.reports()) {
      all.put(new Name(report.cluster(), report.node()), new Said(report, null));
    }
    for (Watermark watermark : watermarks) {
      if (Duration.between(watermark.published(), now).compareTo(Fleet.SHOWN) < 0) {
        all.merge(
            new Name(watermark.cluster(), watermark.node()),
            new Said(null, watermark),
            (known, more) -> new Said(known.report, more.watermark));
      }
    }
    List<FleetView.Node> nodes = new ArrayList<>();
    List<NodeReport> current = new ArrayList<>();
    all.forEach(
        (name, said) -> {
          FleetView.Node node = node(name, said);
          nodes.add(node);
          NodeReport report = said.report;
          if (report != null && node.state() != FleetView.State.SILENT && !said.hasStopped()) {
            current.add(report);
          }
        });
    nodes.sort(
        Comparator.comparing(FleetView.Node::state)
            .thenComparing(FleetView.Node::cluster)
            .thenComparing(FleetView.Node::name));
    List<FleetView.Load> loads = loads(current);
    return new FleetView(
        now,
        "",
        nodes,
        found.total() - found.reports().size(),
        largest(loads, FleetView.Load::bytesPerSecond),
        largest(loads, FleetView.Load::errorsPerMinute),
        errors(current));
  }

  private FleetView.Node node(Name name, Said said) {
    Instant heard = said.lastHeard();
    boolean silent = Duration.between(heard, now).compareTo(SILENT) > 0;
    List<String> problems = new ArrayList<>();
    if (said.hasStopped()) {
      problems.add("its agent stopped " + ago(heard));
    } else if (silent) {
      problems.add(
          "last heard "
              + ago(heard)
              + ": the agent or the node is down, or Elasticsearch is out of"
              + " its reach");
    }
    NodeReport report = said.report;
    if (report == null) {
      problems.add(
          "it publishes no report: its agent is too old, or may not write to " + NodeReports.INDEX);
    } else {
      if (Duration.between(report.published(), heard).compareTo(REPORT_MISSED) > 0) {
        problems.add("its last report is of " + ago(report.published()) + "; its log says why");
      }
      problems.addAll(problems(report));
    }
    return new FleetView.Node(
        name.cluster,
        name.node,
        state(said, silent, !problems.isEmpty()),
        heard,
        problems,
        report,
        said.searchableUpTo(),
        kibana.discover(
            INDEX, "kubernetes.node.name:" + KibanaLinks.quoted(name.node), "now-15m", "now"));
  }

  private static FleetView.State state(Said said, boolean silent, boolean problems) {
    if (said.hasStopped()) {
      return FleetView.State.STOPPED;
    }
    if (silent) {
      return FleetView.State.SILENT;
    }
    if (said.report == null) {
      return FleetView.State.WITHOUT_REPORT;
    }
    return problems ? FleetView.State.ATTENTION : FleetView.State.OK;
  }

  private static List<String> problems(NodeReport report) {
    List<String> problems = new ArrayList<>();
    Instant to = report.searchableUpTo();
    if (report.behindTotal() > 0) {
      List<String> named = new ArrayList<>();
      for (Watermark.Behind late :
          report.behind().subList(0, Math.min(MOST_NAMED, report.behind().size()))) {
        named.add(
            late.container()
                + (late.since().equals(Instant.EPOCH)
                    ? " (not read yet)"
                    : " since " + late.since().truncatedTo(ChronoUnit.SECONDS)));
      }
      int more = report.behindTotal() - named.size();
      problems.add(
          counted(report.behindTotal(), "container is", "containers are")
              + " more than 5 min behind: "
              + String.join(", ", named)
              + (more > 0 ? " and " + more + " more" : ""));
    } else if (to != null && Duration.between(to, report.published()).compareTo(BEHIND) > 0) {
      problems.add(
          "its lines are searchable up to " + to.truncatedTo(ChronoUnit.SECONDS) + " only");
    }
    for (NodeReport.Refused refused : report.refused()) {
      if (refused.paused()) {
        problems.add(
            "nothing is sent to "
                + refused.dataStream()
                + ": "
                + (refused.status() == 0 ? "" : refused.status() + " ")
                + refused.reason());
      }
    }
    for (NodeReport.Paused paused : report.paused()) {
      problems.add(
          counted(paused.files(), "file waits", "files wait")
              + " to be read: "
              + paused.reason().replace('_', ' '));
    }
    if (report.unreadableFiles() > 0) {
      problems.add(counted(report.unreadableFiles(), "file", "files") + " can't be read");
    }
    if (Boolean.FALSE.equals(report.apiServer())) {
      problems.add("its agent is not connected to the API server");
    }
    return problems;
  }

  private static String counted(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  private String ago(Instant then) {
    Duration past = Duration.between(then, now);
    if (past.toMinutes() < 1) {
      return Math.max(0, past.toSeconds()) + " s ago";
    }
    return past.toHours() < 2 ? past.toMinutes() + " min ago" : past.toHours() + " h ago";
  }

  /// A workload's name.
  private record Workload(String namespace, String service) {}

  /// Sums of a workload over nodes.
  private record Sum(double bytes, double records, double errors, int nodes) {
    Sum plus(Sum other) {
      return new Sum(
          bytes + other.bytes, records + other.records, errors + other.errors, nodes + other.nodes);
    }
  }

  private List<FleetView.Load> loads(List<NodeReport> reports) {
    Map<Workload, Sum> sums = new LinkedHashMap<>();
    for (NodeReport report : reports) {
      Map<Workload, NodeReport.Load> ofNode = new LinkedHashMap<>();
      report.loudest().forEach(it -> ofNode.put(new Workload(it.namespace(), it.service()), it));
      report.erroneous().forEach(it -> ofNode.put(new Workload(it.namespace(), it.service()), it));
      double seconds = Math.max(1, report.intervalSeconds());
      ofNode.forEach(
          (workload, it) ->
              sums.merge(
                  workload,
                  new Sum(
                      it.bytes() / seconds, it.records() / seconds, it.errors() * 60 / seconds, 1),
                  Sum::plus));
    }
    List<FleetView.Load> loads = new ArrayList<>();
    sums.forEach(
        (workload, sum) -> {
          String query =
              "kubernetes.namespace:"
                  + KibanaLinks.quoted(workload.namespace)
                  + " AND service.name:"
                  + KibanaLinks.quoted(workload.service);
          loads.add(
              new FleetView.Load(
                  workload.namespace,
                  workload.service,
                  sum.bytes,
                  sum.records,
                  sum.errors,
                  sum.nodes,
                  kibana.discover(INDEX, query, "now-15m", "now"),
                  kibana.discover(
                      INDEX, query + " AND log.level:(error OR fatal)", "now-15m", "now")));
        });
    return loads;
  }

  private static List<FleetView.Load> largest(
      List<FleetView.Load> loads, ToDoubleFunction<FleetView.Load> by) {
    return loads.stream()
        .filter(load -> by.applyAsDouble(load) > 0)
        .sorted(
            Comparator.comparingDouble(by)
                .reversed()
                .thenComparing(FleetView.Load::namespace)
                .thenComparing(FleetView.Load::service))
        .limit(MOST)
        .toList();
  }

  private List<FleetView.NewError> errors(List<NodeReport> reports) {
    Map<List<String>, FleetView.NewError> merged = new LinkedHashMap<>();
    for (NodeReport report : reports) {
      for (NodeReport.NewError it : report.newErrors()) {
        FleetView.NewError one =
            new FleetView.NewError(
                it.fingerprint(),
                "",
                it.namespace(),
                it.service(),
                it.firstSeen(),
                "",
                it.count(),
                1,
                kibana.discover(
                    INDEX,
                    "error.fingerprint:" + KibanaLinks.quoted(it.fingerprint()),
                    "now-24h",
                    "now"));
        merged.merge(
            List.of(it.fingerprint(), it.namespace(), it.service()), one, FleetSummary::both);
      }
    }
    return newest(merged.values(), CANDIDATES);
  }

  private static List<FleetView.NewError> newest(Collection<FleetView.NewError> errors, int most) {
    return errors.stream()
        .sorted(
            Comparator.comparing(
                FleetView.NewError::firstSeen, Comparator.nullsLast(Comparator.reverseOrder())))
        .limit(most)
        .toList();
  }

  /// With what the documents say of the errors: after a restart every error is new to an agent.
  FleetView with(FleetView view, Map<String, ErrorHistory.First> history) {
    List<FleetView.NewError> errors = new ArrayList<>();
    for (FleetView.NewError error : view.errors()) {
      ErrorHistory.First first = history.get(error.fingerprint());
      errors.add(
          first == null
              ? error
              : new FleetView.NewError(
                  error.fingerprint(),
                  first.type(),
                  error.namespace(),
                  error.service(),
                  first.at(),
                  first.image(),
                  error.count(),
                  error.nodes(),
                  error.link()));
    }
    return new FleetView(
        view.asOf(),
        view.problem(),
        view.nodes(),
        view.leftOut(),
        view.loudest(),
        view.erroneous(),
        newest(errors, MOST));
  }

  private static FleetView.NewError both(FleetView.NewError one, FleetView.NewError other) {
    Instant first = one.firstSeen();
    Instant second = other.firstSeen();
    boolean secondIsEarlier = first == null || (second != null && second.isBefore(first));
    return new FleetView.NewError(
        one.fingerprint(),
        one.type(),
        one.namespace(),
        one.service(),
        secondIsEarlier ? second : first,
        one.image(),
        one.count() + other.count(),
        one.nodes() + other.nodes(),
        one.link());
  }
}
