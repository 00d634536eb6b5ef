package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.FieldsJson;
import dev.longshore.agent.enrich.PodMetadata;
import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.ship.ShipConfig;
import dev.longshore.agent.tail.TailedFile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes what the documents of a file share: the pod's metadata, or what the path says, with the
/// destination and the rules that configuration and annotations name.
final class Snapshots {
  private final ShipConfig ship;
  private final String nodeName;
  private final @Nullable String clusterName;

  Snapshots(ShipConfig ship, String nodeName, @Nullable String clusterName) {
    this.ship = ship;
    this.nodeName = nodeName;
    this.clusterName = clusterName;
  }

  Snapshot of(TailedFile file, PodMetadata metadata, PodRules rules) {
    return make(file, metadata.fieldsJson(), rules);
  }

  /// For a pod that nobody knows: namespace, pod, uid and container as the path has them.
  Snapshot fromPath(TailedFile file, String reason, PodRules rules) {
    byte[] fields = FieldsJson.fromPath(file.container(), nodeName, clusterName, reason);
    return make(file, fields, rules);
  }

  private Snapshot make(TailedFile file, byte[] fieldsJson, PodRules rules) {
    List<String> numbers = new ArrayList<>(ship.numbers());
    numbers.addAll(rules.numbers());
    return new Snapshot(
        file.container(),
        destination(rules.dataset()),
        fieldsJson,
        file.livePath().toString(),
        rules.parseJson(),
        numbers,
        rules.datasetRefused(),
        rules.redact());
  }

  /// `longshore.dev/dataset` replaces the middle of `logs-<dataset>-<namespace>`.
  private String destination(@Nullable String dataset) {
    String configured = ship.dataStream();
    if (dataset == null) {
      return configured;
    }
    int first = configured.indexOf('-');
    int last = configured.lastIndexOf('-');
    return configured.substring(0, first + 1) + dataset + configured.substring(last);
  }
}
