package dev.longshore.deploy;

import static org.awaitility.Awaitility.await;

import dev.longshore.testkit.Trees;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The cluster that `KUBECONFIG` names, with two namespaces of a test's own: one for what is
/// deployed, one for workloads. Its one node is this machine.
final class Cluster implements AutoCloseable {
  static final String IMAGE =
      System.getenv().getOrDefault("LONGSHORE_E2E_IMAGE", "docker.io/library/busybox");

  /// What a Service has in an address' place whose name leads to its pods.
  static final String HEADLESS = "None";

  static final Duration PATIENCE = Duration.ofMinutes(4);

  final KubernetesClient kubernetes = new KubernetesClientBuilder().build();
  final Path kubeconfig = Path.of(System.getenv("KUBECONFIG"));

  /// A name of this test's own, also for what belongs to the cluster as a whole.
  final String namespace = "longshore-" + Long.toString(System.nanoTime(), 36);

  final String shop = namespace + "-shop";

  Cluster() {
    for (String name : List.of(namespace, shop)) {
      kubernetes
          .namespaces()
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
    }
  }

  /// A folder of the node, which is one of this machine.
  Path nodeFolder(String name) {
    return Path.of("/var/lib", namespace + "-" + name);
  }

  void secret(String name, Map<String, String> content) {
    kubernetes
        .secrets()
        .inNamespace(namespace)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withStringData(content)
                .build())
        .create();
  }

  void configMap(String name, Map<String, String> content) {
    kubernetes
        .configMaps()
        .inNamespace(namespace)
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withData(content)
                .build())
        .create();
  }

  /// @param address [#HEADLESS], or null for one that the cluster gives
  /// @param app the label of the pods behind it
  void service(String name, @Nullable String address, String app, int port) {
    kubernetes
        .services()
        .inNamespace(namespace)
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withClusterIP(address)
                .withSelector(Map.of("app", app))
                .addNewPort()
                .withName("http")
                .withPort(port)
                .endPort()
                .endSpec()
                .build())
        .create();
  }

  /// A volume that only this claim of ours gets, in a folder of the node in which everybody may
  /// write.
  void volume(String claim) throws IOException {
    Path folder = Files.createDirectories(nodeFolder(claim));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    kubernetes
        .persistentVolumes()
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(namespace)
                .endMetadata()
                .withNewSpec()
                .withCapacity(Map.of("storage", new Quantity("1Gi")))
                .withAccessModes("ReadWriteOnce")
                .withNewClaimRef()
                .withNamespace(namespace)
                .withName(claim)
                .endClaimRef()
                .withNewHostPath()
                .withPath(folder.toString())
                .endHostPath()
                .endSpec()
                .build())
        .create();
  }

  /// Makes a pod, and waits until it is ready.
  void start(Pod pod) {
    kubernetes.pods().inNamespace(namespace).resource(pod).create();
    String name = pod.getMetadata().getName();
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              Pod now = kubernetes.pods().inNamespace(namespace).withName(name).get();
              return now != null && Readiness.isPodReady(now);
            });
  }

  /// Deletes a pod and makes it anew; it then has another address.
  void move(Pod pod) {
    String name = pod.getMetadata().getName();
    String before = address(name);
    kubernetes.pods().inNamespace(namespace).withName(name).withGracePeriod(5).delete();
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(PATIENCE)
        .until(() -> kubernetes.pods().inNamespace(namespace).withName(name).get() == null);
    start(pod);
    if (address(name).equals(before)) {
      throw new AssertionError("the pod has the address " + before + " as before");
    }
  }

  /// How this machine, which is the node, reaches a pod.
  String address(String pod) {
    return Objects.requireNonNull(
        kubernetes.pods().inNamespace(namespace).withName(pod).get().getStatus().getPodIP());
  }

  /// Takes all of it away, and waits until it is gone: pods that still end would write into folders
  /// that are deleted next.
  @Override
  public void close() {
    for (String name : List.of(namespace, shop)) {
      kubernetes.namespaces().withName(name).delete();
    }
    kubernetes.persistentVolumes().withName(namespace).delete();
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(PATIENCE)
        .until(() -> kubernetes.namespaces().withName(namespace).get() == null);
    kubernetes.close();
    try (var folders = Files.newDirectoryStream(Path.of("/var/lib"), namespace + "-*")) {
      for (Path folder : folders) {
        Trees.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
