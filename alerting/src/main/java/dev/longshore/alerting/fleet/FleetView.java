package dev.longshore.alerting.fleet;

import dev.longshore.shared.elastic.NodeReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The fleet at one moment.
///
/// @param asOf when Elasticsearch was asked
/// @param problem why what is shown is older than [Fleet#KEPT], or nothing is; empty when it is not
/// @param nodes those that need somebody first, then by name
/// @param leftOut nodes beyond those that are read at a time
/// @param loudest workloads of all nodes that wrote the most bytes
/// @param erroneous workloads of all nodes with the most errors
/// @param errors that were seen first latest, the newest first
public record FleetView(
    @Nullable Instant asOf,
    String problem,
    List<Node> nodes,
    long leftOut,
    List<Load> loudest,
    List<Load> erroneous,
    List<NewError> errors) {

  public FleetView {
    nodes = List.copyOf(nodes);
    loudest = List.copyOf(loudest);
    erroneous = List.copyOf(erroneous);
    errors = List.copyOf(errors);
  }

  static FleetView unknown(String problem) {
    return new FleetView(null, problem, List.of(), 0, List.of(), List.of(), List.of());
  }

  /// What is heard of a node.
  public enum State {
    /// Nothing for so long that its agent, or the node, is down or can't reach Elasticsearch.
    SILENT("silent"),
    /// It says what keeps it from shipping everything at once.
    ATTENTION("attention"),
    /// It ships, and its agent publishes no report.
    WITHOUT_REPORT("without report"),
    OK("ok"),
    /// Its agent ended in order: everything that it read is delivered.
    STOPPED("stopped");

    private final String text;

    State(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// A node.
  ///
  /// @param lastHeard when its agent published something last, by its clock
  /// @param problems what somebody should know, in words
  /// @param report what its agent said last; null when it publishes none
  /// @param searchableUpTo all its lines before are there; null while that is not known
  /// @param link to its lines in Kibana; empty without one
  public record Node(
      String cluster,
      String name,
      State state,
      Instant lastHeard,
      List<String> problems,
      @Nullable NodeReport report,
      @Nullable Instant searchableUpTo,
      String link) {

    public Node {
      problems = List.copyOf(problems);
    }
  }

  /// A workload, over all nodes.
  ///
  /// @param nodes that it was seen on
  /// @param link to its lines in Kibana; empty without one
  /// @param errorsLink to its lines of level error; empty without Kibana
  public record Load(
      String namespace,
      String service,
      double bytesPerSecond,
      double recordsPerSecond,
      double errorsPerMinute,
      int nodes,
      String link,
      String errorsLink) {}

  /// An error, over all nodes.
  ///
  /// @param type of the exception; empty when it has none or is not known
  /// @param firstSeen in all documents that are there, else by an agent since it started; null when
  ///   its lines have no time
  /// @param image of the container that wrote the first of these documents; empty when it is not
  ///   known
  /// @param link to its lines in Kibana; empty without one
  public record NewError(
      String fingerprint,
      String type,
      String namespace,
      String service,
      @Nullable Instant firstSeen,
      String image,
      long count,
      int nodes,
      String link) {}
}
