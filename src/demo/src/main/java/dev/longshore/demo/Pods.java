package dev.longshore.demo;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.HashMap;
import java.util.Map;

/// The dock's pods as the API server knows them.
final class Pods {
  static final String NODE = "dock-1";

  private Pods() {}

  /// The pod of a workload.
  ///
  /// @param hash of a static pod's configuration
  static Pod of(Workload workload, String name, String hash) {
    Map<String, String> labels = new HashMap<>(workload.labels());
    Map<String, String> annotations =
        new HashMap<>(Map.of("example.com/owner", workload.namespace + "@example.com"));
    var metadata =
        new PodBuilder().withNewMetadata().withName(name).withNamespace(workload.namespace);
    switch (workload) {
      case ETCD -> {
        annotations.put("kubernetes.io/config.hash", hash);
        annotations.put("kubernetes.io/config.source", "file");
      }
      case REPORT ->
          metadata
              .addNewOwnerReference()
              .withApiVersion("batch/v1")
              .withKind("Job")
              .withName(workload.pod)
              .withUid("job-" + workload.pod)
              .withController(true)
              .endOwnerReference();
      case STOREFRONT, CHECKOUT, BILLING, NOISY -> {
        String replicaSet = name.substring(0, name.lastIndexOf('-'));
        labels.put("pod-template-hash", replicaSet.substring(replicaSet.lastIndexOf('-') + 1));
        metadata
            .addNewOwnerReference()
            .withApiVersion("apps/v1")
            .withKind("ReplicaSet")
            .withName(replicaSet)
            .withUid("rs-" + replicaSet)
            .withController(true)
            .endOwnerReference();
      }
    }
    return metadata
        .withLabels(labels)
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withNodeName(NODE)
        .addNewContainer()
        .withName(workload.container)
        .withImage("registry.example.com/" + workload.container + ":1.4.2")
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .addNewContainerStatus()
        .withName(workload.container)
        .withImage("registry.example.com/" + workload.container + ":1.4.2")
        .withContainerID("containerd://" + hash + hash)
        .withRestartCount(0)
        .withReady(true)
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
