package dev.longshore.testkit;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// A [MockApiServer] with the pods that it is given, and their namespaces.
public final class PodServer implements AutoCloseable {
  private final MockApiServer server = new MockApiServer();
  private final Set<String> namespaces = new HashSet<>();
  private final KubernetesClient client;

  /// Starts it on a free port.
  public PodServer() {
    server.init();
    client = server.createClient();
  }

  /// Where it listens.
  public URI url() {
    return URI.create(server.url("/"));
  }

  /// Writes a kubeconfig with which it is reached.
  public void writeKubeconfig(Path file) throws IOException {
    writeKubeconfig(file, url());
  }

  /// Writes a kubeconfig with which it is reached at another address, for example through a relay.
  public static void writeKubeconfig(Path file, URI address) throws IOException {
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: dock, cluster: {server: "%s"}}]
        users: [{name: demo, user: {token: demo}}]
        contexts: [{name: dock, context: {cluster: dock, user: demo}}]
        current-context: dock
        """
            .formatted(address));
  }

  /// Creates a pod, and its namespace where that is new.
  ///
  /// @return the pod's uid, which is the server's to choose
  public synchronized String create(Pod pod) {
    String namespace = pod.getMetadata().getNamespace();
    if (namespaces.add(namespace)) {
      client
          .namespaces()
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(namespace)
                  .withLabels(Map.of("kubernetes.io/metadata.name", namespace))
                  .endMetadata()
                  .build())
          .create();
    }
    return client.pods().inNamespace(namespace).resource(pod).create().getMetadata().getUid();
  }

  /// Deletes a pod.
  public synchronized void delete(String namespace, String name) {
    client.pods().inNamespace(namespace).withName(name).delete();
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
