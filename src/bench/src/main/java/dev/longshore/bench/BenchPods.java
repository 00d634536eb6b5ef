package dev.longshore.bench;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;

/// The pods of the corpus, with as many labels and annotations as pods commonly have: about 500
/// bytes of metadata a document.
final class BenchPods {
  static final String NODE = "bench-1";

  private BenchPods() {}

  static Pod of(String container) {
    String replicaSet = container + "-7d9f8b6c5";
    return new PodBuilder()
        .withNewMetadata()
        .withName(LogCorpus.podName(container))
        .withNamespace(LogCorpus.NAMESPACE)
        .withLabels(
            Map.of(
                "app",
                container,
                "app.kubernetes.io/name",
                container,
                "app.kubernetes.io/version",
                "1.4.2",
                "pod-template-hash",
                "7d9f8b6c5"))
        .withAnnotations(Map.of("prometheus.io/scrape", "true", "example.com/owner", "shop-team"))
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("ReplicaSet")
        .withName(replicaSet)
        .withUid("rs-" + replicaSet)
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withNodeName(NODE)
        .addNewContainer()
        .withName(container)
        .withImage("registry.example.com/" + container + ":1.4.2")
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .addNewContainerStatus()
        .withName(container)
        .withImage("registry.example.com/" + container + ":1.4.2")
        .withContainerID("containerd://" + "0123456789abcdef".repeat(4))
        .withReady(true)
        .withRestartCount(0)
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
