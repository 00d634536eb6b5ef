package dev.longshore.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/// Pods that log: much, so that the kubelet rotates; until they crash; and one line.
final class Workloads {
  static final String OWNER = "example.com/owner";

  /// Each burst is longer than what the kubelet lets a log file grow to.
  static final int BURSTS = 3;

  static final int LINES_PER_BURST = 60_000;
  static final int LINES_PER_CRASH = 500;

  private final KubernetesClient kubernetes;
  private final String namespace;

  Workloads(KubernetesClient kubernetes, String namespace) {
    this.kubernetes = kubernetes;
    this.namespace = namespace;
  }

  /// A Deployment whose lines are numbered: `line 17 …`.
  void startChatty() {
    deploy(
        "chatty",
        """
        i=0; b=0
        while [ $b -lt %d ]; do
          n=0
          while [ $n -lt %d ]; do
            echo "line $i of the container, padded until it is as long as lines in real logs commonly are: 10.88.0.17 GET /products/4711 200 0.012 ok, nothing unusual here, and so on for a while longer"
            i=$((i+1)); n=$((n+1))
          done
          b=$((b+1)); sleep 12
        done
        sleep 3600
        """
            .formatted(BURSTS, LINES_PER_BURST));
  }

  /// A Deployment whose container ends with an error again and again; each run has a number of its
  /// own: `run 0f1d6c0e-… line 17 …`.
  void startCrashing() {
    deploy(
        "crashing",
        """
        run=$(cat /proc/sys/kernel/random/uuid); i=0
        while [ $i -lt %d ]; do echo "run $run line $i of a container that crashes"; i=$((i+1)); done
        exit 3
        """
            .formatted(LINES_PER_CRASH));
  }

  /// A Deployment that logs an error twice a second.
  void startFailing() {
    deploy(
        "checkout",
        """
        i=0
        while true; do echo "ERROR payment refused by the bank, order $i"; i=$((i+1)); sleep 0.5; done
        """);
  }

  void delete(String deployment) {
    kubernetes.apps().deployments().inNamespace(namespace).withName(deployment).delete();
  }

  /// How often the crashing container was started again.
  int crashes() {
    return kubernetes
        .pods()
        .inNamespace(namespace)
        .withLabel("app", "crashing")
        .list()
        .getItems()
        .stream()
        .flatMap(it -> it.getStatus().getContainerStatuses().stream())
        .mapToInt(ContainerStatus::getRestartCount)
        .sum();
  }

  private void deploy(String name, String script) {
    Map<String, String> labels = Map.of("app", name, "app.kubernetes.io/name", name);
    kubernetes
        .apps()
        .deployments()
        .inNamespace(namespace)
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(Map.of(OWNER, "platform"))
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(1L)
                .withContainers(container(name, script))
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  /// A Job that says one line.
  ///
  /// @param in its namespace
  /// @param name of the Job, with which its pod's name begins
  void say(String in, String name, String container, String line) {
    kubernetes
        .batch()
        .v1()
        .jobs()
        .inNamespace(in)
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("app", name))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withContainers(container(container, "echo '" + line + "'"))
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  private static Container container(String name, String script) {
    return new ContainerBuilder()
        .withName(name)
        .withImage(Cluster.IMAGE)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sh", "-c", script)
        .build();
  }
}
