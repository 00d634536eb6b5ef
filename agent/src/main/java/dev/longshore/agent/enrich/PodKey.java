package dev.longshore.agent.enrich;

import dev.longshore.agent.event.ContainerRef;

/// A pod as the path of its logs names it.
///
/// @param uid the API's uid, or for a static pod the hash of its configuration
record PodKey(String namespace, String pod, String uid) {
  private static final int UUID_CHARACTERS = 36;

  static PodKey of(ContainerRef container) {
    return new PodKey(container.namespace(), container.pod(), container.podUid());
  }

  /// Of names whose hash is known already: a pod is looked up for each block.
  @Override
  public int hashCode() {
    return 31 * (31 * namespace.hashCode() + pod.hashCode()) + uid.hashCode();
  }

  /// Whether it is a static pod, whose `uid` is not a UUID. The kubelet runs such a pod before the
  /// API server has its mirror.
  boolean isStatic() {
    return uid.length() != UUID_CHARACTERS || uid.indexOf('-') < 0;
  }
}
