package dev.longshore.agent.enrich;

import dev.longshore.shared.units.DataSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The section `kubernetes` of the configuration.
///
/// @param enabled whether the API server is asked at all; if not, a file's path says all there is
/// @param kubeconfig file with the credentials; without it `KUBECONFIG`, then those of the service
///   account of the agent's pod, then `~/.kube/config`
/// @param metadataWait how long a file waits for its container's id and its namespace's labels, and
///   with [UnknownPodPolicy#SHIP] for its pod
/// @param unknownPods what becomes of the logs of a pod of which nothing is known
/// @param maxMetadata limit for the labels and annotations that go with each document; what is
///   beyond is left out and counted in `kubernetes.metadata_truncated`
/// @param excludeAnnotations annotations that are not shipped: names, or beginnings with `*` after
/// @param events whether lost logs are told as Events on their pod
public record KubernetesConfig(
    boolean enabled,
    @Nullable Path kubeconfig,
    Duration metadataWait,
    UnknownPodPolicy unknownPods,
    DataSize maxMetadata,
    List<String> excludeAnnotations,
    boolean events) {

  /// The kubelet starts a container some 100 ms after the API server knows the pod, so this is only
  /// waited out where the API server is unreachable.
  public static final Duration DEFAULT_METADATA_WAIT = Duration.ofSeconds(5);

  /// A line that a pod excluded can't be taken back once it is shipped; one that waits in its file
  /// can be shipped later.
  public static final UnknownPodPolicy DEFAULT_UNKNOWN_PODS = UnknownPodPolicy.WAIT;

  /// Each document carries it: ten times what a usual pod has.
  public static final DataSize DEFAULT_MAX_METADATA = DataSize.ofKiB(16);

  /// What programs leave on pods for each other, kubectl's copy of the manifest among it: nobody
  /// looks for logs by it, and each document would pay for it.
  public static final List<String> DEFAULT_EXCLUDE_ANNOTATIONS =
      List.of(
          "kubectl.kubernetes.io/*",
          "prometheus.io/*",
          "checksum/*",
          "cni.projectcalico.org/*",
          "k8s.v1.cni.cncf.io/*",
          "k8s.ovn.org/*",
          "cluster-autoscaler.kubernetes.io/*");

  private static final DataSize SMALLEST_MAX_METADATA = DataSize.ofKiB(1);
  private static final DataSize LARGEST_MAX_METADATA = DataSize.ofKiB(512);

  public KubernetesConfig {
    if (metadataWait.isNegative() || metadataWait.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException(
          "metadataWait is %s; it must be between 0s and 10m".formatted(metadataWait));
    }
    if (maxMetadata.bytes() < SMALLEST_MAX_METADATA.bytes()
        || maxMetadata.bytes() > LARGEST_MAX_METADATA.bytes()) {
      throw new IllegalArgumentException(
          "maxMetadata is %s; it must be between %s and %s"
              .formatted(maxMetadata, SMALLEST_MAX_METADATA, LARGEST_MAX_METADATA));
    }
    excludeAnnotations = List.copyOf(excludeAnnotations);
  }

  public static KubernetesConfig defaults() {
    return new KubernetesConfig(
        true,
        null,
        DEFAULT_METADATA_WAIT,
        DEFAULT_UNKNOWN_PODS,
        DEFAULT_MAX_METADATA,
        DEFAULT_EXCLUDE_ANNOTATIONS,
        true);
  }
}
