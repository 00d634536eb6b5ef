package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A release of one of our charts in a cluster, by Helm itself. It has one pod.
final class Release {
  private static final int SECONDS = (int) Cluster.PATIENCE.toSeconds();
  private static final String INSTANCE = "app.kubernetes.io/instance";

  final String name;
  private final Cluster cluster;
  private final Chart chart;
  private final String component;

  /// @param component the label `app.kubernetes.io/component` of its pod
  Release(Cluster cluster, Chart chart, String component) {
    this.cluster = cluster;
    this.chart = chart;
    this.component = component;
    // What belongs to the cluster, such as a ClusterRole, is called after it.
    this.name = cluster.namespace + "-" + component;
  }

  void install(String values) throws IOException {
    new Helm(chart.folder())
        .install()
        .withName(name)
        .withNamespace(cluster.namespace)
        .withKubeConfig(cluster.kubeconfig)
        .withValuesFile(file(values))
        .waitReady()
        .withTimeout(SECONDS)
        .call();
  }

  void upgrade(String values) throws IOException {
    new Helm(chart.folder())
        .upgrade()
        .withName(name)
        .withNamespace(cluster.namespace)
        .withKubeConfig(cluster.kubeconfig)
        .withValuesFile(file(values))
        .waitReady()
        .withTimeout(SECONDS)
        .call();
  }

  private static Path file(String values) throws IOException {
    Path file = Files.createTempFile("values", ".yaml");
    file.toFile().deleteOnExit();
    return Files.writeString(file, values);
  }

  /// `helm test`.
  void test() {
    Helm.test(name)
        .withNamespace(cluster.namespace)
        .withKubeConfig(cluster.kubeconfig)
        .withTimeout(60)
        .call();
  }

  void uninstall() {
    Helm.uninstall(name)
        .withNamespace(cluster.namespace)
        .withKubeConfig(cluster.kubeconfig)
        .ignoreNotFound()
        .call();
  }

  Pod pod() {
    List<Pod> pods =
        cluster
            .kubernetes
            .pods()
            .inNamespace(cluster.namespace)
            .withLabel("app.kubernetes.io/component", component)
            .list()
            .getItems();
    assertThat(pods).as("pods of " + name).hasSize(1);
    return pods.getFirst();
  }

  /// `kubectl delete pod`; waits for the next to be ready.
  Pod deletePod() {
    Pod pod = pod();
    cluster.kubernetes.resource(pod).delete();
    return awaitAnother(pod);
  }

  Pod awaitAnother(Pod before) {
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(Cluster.PATIENCE)
        .untilAsserted(
            () -> {
              Pod pod = pod();
              assertThat(pod.getMetadata().getUid()).isNotEqualTo(before.getMetadata().getUid());
              assertThat(Readiness.isPodReady(pod)).isTrue();
            });
    return pod();
  }

  /// The end of what its pod logged.
  String log() {
    return cluster
        .kubernetes
        .pods()
        .inNamespace(cluster.namespace)
        .withName(pod().getMetadata().getName())
        .tailingLines(30)
        .getLog();
  }

  /// What the cluster has of it: kinds and names.
  List<String> objects() {
    var kubernetes = cluster.kubernetes;
    String namespace = cluster.namespace;
    List<HasMetadata> found = new ArrayList<>();
    for (var kind :
        List.of(
            kubernetes.apps().daemonSets(),
            kubernetes.apps().statefulSets(),
            kubernetes.pods(),
            kubernetes.configMaps(),
            kubernetes.services(),
            kubernetes.serviceAccounts())) {
      found.addAll(kind.inNamespace(namespace).withLabel(INSTANCE, name).list().getItems());
    }
    found.addAll(kubernetes.rbac().clusterRoles().withLabel(INSTANCE, name).list().getItems());
    found.addAll(
        kubernetes.rbac().clusterRoleBindings().withLabel(INSTANCE, name).list().getItems());
    return found.stream().map(it -> it.getKind() + " " + it.getMetadata().getName()).toList();
  }
}
