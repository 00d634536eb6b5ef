package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.deploy.Playbook.Call;
import dev.longshore.deploy.Playbook.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Everything that a run of the playbook puts into a cluster, as far as it is ours: what it
/// applies, and what Helm makes of our charts with the values that the playbook gives them. For
/// charts of others, the values.
///
/// @param objects in no order
/// @param values of charts of others, by release
record PlatformObjects(List<Manifest> objects, Map<String, Upstream> values) {

  /// A release of somebody else's chart.
  ///
  /// @param component as versions.yml calls it
  record Upstream(String component, String namespace, JsonNode values) {}

  static PlatformObjects of(Run run, Path folder) {
    List<Manifest> objects = new ArrayList<>();
    Map<String, Upstream> values = new HashMap<>();
    for (Call call : run.calls()) {
      if (call.isRelease()) {
        String component = Lock.componentOf(call.chart());
        if (component.isEmpty()) {
          objects.addAll(render(call, folder));
        } else {
          values.put(
              call.release(),
              new Upstream(
                  component,
                  call.option("--namespace"),
                  YamlDocuments.parse(call.given()).getFirst()));
        }
      } else if (makesObjects(call)) {
        objects.addAll(Chart.manifests("applied by the playbook", call.given()));
      }
    }
    return new PlatformObjects(List.copyOf(objects), Map.copyOf(values));
  }

  /// Whether objects that stay, or those of a pod that looks and goes, are given to the API server.
  private static boolean makesObjects(Call call) {
    return call.toString().equals("kubectl create -f -")
        || (call.arguments().contains("apply") && !call.toString().contains("dry-run"));
  }

  private static List<Manifest> render(Call call, Path folder) {
    try {
      Path values = Files.writeString(folder.resolve(call.release() + ".json"), call.given());
      String text =
          new Chart(Path.of(call.chart()).getFileName().toString())
              .template(call.release(), call.option("--namespace"), values)
              .call();
      return Chart.manifests("the release " + call.release(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Stream<Manifest> ofKind(String... kinds) {
    return objects.stream().filter(it -> List.of(kinds).contains(it.kind()));
  }

  /// An object; one that belongs to the cluster has an empty namespace.
  Optional<Manifest> find(String kind, String namespace, String name) {
    return ofKind(kind)
        .filter(it -> it.namespace().equals(namespace) && it.name().equals(name))
        .findFirst();
  }

  /// The same without what a test takes away.
  PlatformObjects without(String kind, String name) {
    return new PlatformObjects(
        objects.stream().filter(it -> !(it.kind().equals(kind) && it.name().equals(name))).toList(),
        values);
  }
}
