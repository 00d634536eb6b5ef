package dev.longshore.agent.event;

/// The container whose log a file is, as the file's path says it.
///
/// The names follow the kubelet's layout
/// `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<n>.log`. For static pods `podUid` is the
/// `kubernetes.io/config.hash` and not the API's uid. A file that lies elsewhere has empty
/// `namespace` and `podUid`; its `pod` is the folder and its `container` the file's name.
///
/// @param namespace Kubernetes namespace, or empty
/// @param pod pod name
/// @param podUid the uid that stands in the path, or empty
/// @param container container name
public record ContainerRef(String namespace, String pod, String podUid, String container) {

  /// Of names whose hash is known already: a container is looked up for each block.
  @Override
  public int hashCode() {
    int hash = 31 * namespace.hashCode() + pod.hashCode();
    return 31 * (31 * hash + podUid.hashCode()) + container.hashCode();
  }

  /// `namespace/pod/container`, for people.
  @Override
  public String toString() {
    return namespace + "/" + pod + "/" + container;
  }
}
