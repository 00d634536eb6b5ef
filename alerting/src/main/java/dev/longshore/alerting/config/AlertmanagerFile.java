package dev.longshore.alerting.config;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.route.InhibitRule;
import dev.longshore.alerting.route.Route;
import dev.longshore.alerting.route.Routing;
import dev.longshore.alerting.route.TimeInterval;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An Alertmanager configuration file, as it is ([its
/// reference](https://prometheus.io/docs/alerting/latest/configuration/)).
///
/// @param receivers in the order of the file
/// @param templates patterns of files with `{{ define }}`s, relative to the file's folder resolved
/// @param resolveTimeout after which an alert that was posted without an end is over
/// @param unsupported for people, what of the file tells nobody: receivers of kinds that Longshore
///   does not have, and secrets that are not there; the rest works
/// @param original the file's text, secrets hidden: what `GET /api/v2/status` shows
public record AlertmanagerFile(
    Routing routing,
    List<Receiver> receivers,
    List<String> templates,
    Duration resolveTimeout,
    List<String> unsupported,
    String original) {

  /// Alertmanager's default for `resolve_timeout`.
  public static final Duration DEFAULT_RESOLVE_TIMEOUT = Duration.ofMinutes(5);

  public AlertmanagerFile {
    receivers = List.copyOf(receivers);
    templates = List.copyOf(templates);
    unsupported = List.copyOf(unsupported);
  }

  /// What is in force without a file: everything goes to a receiver that tells nobody, and stays
  /// visible by the API.
  public static AlertmanagerFile none() {
    Route root =
        new Route(
            Route.ROOT,
            List.of(),
            "nobody",
            Route.Grouping.NONE,
            false,
            Route.Timing.STANDARD,
            List.of(),
            List.of(),
            List.of());
    return new AlertmanagerFile(
        new Routing(root, List.of(), Map.of()),
        List.of(new Receiver("nobody", List.of())),
        List.of(),
        DEFAULT_RESOLVE_TIMEOUT,
        List.of(),
        "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n");
  }

  /// Labels of the receivers by their names, in the order of the file.
  public Map<String, Labels> receiverLabels() {
    Map<String, Labels> labels = new LinkedHashMap<>();
    receivers.forEach(receiver -> labels.put(receiver.name(), receiver.labels()));
    return labels;
  }

  /// Reads a file.
  ///
  /// @throws ConfigException with all its problems
  public static AlertmanagerFile load(Path file) {
    ConfigReader reader = ConfigReader.readVerbatim(file);
    Section root = reader.root();
    Path folder = file.toAbsolutePath().resolveSibling("");
    Section globalSection = root.section("global", "Defaults for routes and receivers.");
    GlobalKeys global = GlobalKeys.read(globalSection, folder);
    ReceiverKeys receiverKeys = new ReceiverKeys(globalSection, global.http(), folder);
    List<Receiver> receivers = receiverKeys.read(root);
    Map<String, List<TimeInterval>> intervals = IntervalKeys.read(root);
    Route route =
        new RouteKeys(receivers, intervals.keySet())
            .read(root.section("route", "The routing tree."));
    List<InhibitRule> inhibitRules = InhibitKeys.read(root);
    List<String> templates =
        root.strings("templates", List.of(), "Files with templates.").stream()
            .map(pattern -> folder.resolve(pattern).toString())
            .toList();
    root.ignore("tracing");
    root.ignore("event_recorder"); // what Alertmanager writes of itself, as its tracing
    if (root.isAbsent("route")) {
      root.problem("route", "is missing; write a route with a receiver");
    }
    reader.finish();
    List<String> unsupported = new ArrayList<>(receiverKeys.unsupported());
    for (int line : reader.linesOfHiddenSecrets()) {
      unsupported.add(
          "line "
              + line
              + ": "
              + ConfigReader.HIDDEN
              + " stands in place of a secret, as on a status page; what needs it is not sent"
              + " until you write the secret");
    }
    return new AlertmanagerFile(
        new Routing(route, inhibitRules, intervals),
        receivers,
        templates,
        global.resolveTimeout(),
        unsupported,
        reader.textWithoutSecrets());
  }
}
