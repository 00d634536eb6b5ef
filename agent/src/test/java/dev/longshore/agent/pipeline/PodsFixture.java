package dev.longshore.agent.pipeline;

import dev.longshore.testkit.PodServer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Pods of namespace `shop` in an API server.
final class PodsFixture {
  private PodsFixture() {}

  /// Creates a pod on `node-1`.
  ///
  /// @param names of its containers
  /// @return its uid
  static String create(
      PodServer server,
      String name,
      Map<String, String> labels,
      Map<String, String> annotations,
      String... names) {
    List<Container> containers = new ArrayList<>();
    List<ContainerStatus> statuses = new ArrayList<>();
    for (String container : names) {
      containers.add(new ContainerBuilder().withName(container).withImage("shop/app:1").build());
      statuses.add(
          new ContainerStatusBuilder()
              .withName(container)
              .withContainerID("containerd://" + name + container)
              .build());
    }
    return server.create(
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName(name)
            .withLabels(labels)
            .withAnnotations(annotations)
            .endMetadata()
            .withNewSpec()
            .withNodeName("node-1")
            .withContainers(containers)
            .endSpec()
            .withNewStatus()
            .withContainerStatuses(statuses)
            .endStatus()
            .build());
  }
}
