package dev.longshore.agent.enrich;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A pod as the few bytes of it that are shipped. Immutable.
///
/// @param namespace its namespace
/// @param name its name
/// @param uid the API's uid
/// @param configHash `kubernetes.io/config.hash`, which stands in the path in place of the uid when
///   the pod is a static one; else empty
/// @param owners by kind in lower case, `deployment` → `checkout`
/// @param service what its labels say that `service.name` is, or empty
/// @param labelsJson a JSON object, or empty when it has none
/// @param annotationsJson a JSON object, or empty when it has none
/// @param truncated how many labels and annotations were left out or cut
/// @param control the annotations of [Annotations]
/// @param containers those of its specification and of its status
record PodRecord(
    String namespace,
    String name,
    String uid,
    String configHash,
    Map<String, String> owners,
    String service,
    byte[] labelsJson,
    byte[] annotationsJson,
    int truncated,
    Map<String, String> control,
    List<Container> containers) {

  /// One container.
  ///
  /// @param id the runtime's, without `containerd://`; empty before it runs
  record Container(String name, String id, String image) {}

  @Override
  public boolean equals(Object other) {
    return other instanceof PodRecord that
        && namespace.equals(that.namespace)
        && name.equals(that.name)
        && uid.equals(that.uid)
        && configHash.equals(that.configHash)
        && owners.equals(that.owners)
        && service.equals(that.service)
        && Arrays.equals(labelsJson, that.labelsJson)
        && Arrays.equals(annotationsJson, that.annotationsJson)
        && truncated == that.truncated
        && control.equals(that.control)
        && containers.equals(that.containers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(namespace, name, uid);
  }
}
