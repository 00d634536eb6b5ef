package dev.longshore.deploy;

import static org.awaitility.Awaitility.await;

import dev.longshore.shared.elastic.ElasticConfig;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// Elasticsearch as a pod behind a headless Service, with security on. Its data lies on the node,
/// so that it can be made anew and then has another address.
final class ElasticsearchPod {
  static final String SERVICE = "elasticsearch";

  private static final String IMAGE =
      System.getenv()
          .getOrDefault(
              "LONGSHORE_E2E_ELASTICSEARCH_IMAGE",
              "docker.elastic.co/elasticsearch/elasticsearch:8.19.21");
  private static final String SUPERUSER = "elastic";
  private static final String FILES = "elasticsearch-files";

  /// What `elasticsearch-users useradd longshore -p pass-of-the-e2e-test` writes.
  private static final String AGENT_HASH =
      "$2a$10$wZFmcIs7oc92odsbtN4kWuuZzrtnmSisKRx3KnyA8PdhL728xbXBq";

  /// The user of the agent: it may do what the platform's role file says, and no more.
  static final String AGENT = "longshore";

  static final String PASSWORD = "pass-of-the-e2e-test";

  private static final int PORT = 9200;
  private static final Duration START = Duration.ofMinutes(4);

  private final KubernetesClient kubernetes;
  private final String namespace;
  private final String folder;

  /// @param folder of the node, for its data
  ElasticsearchPod(KubernetesClient kubernetes, String namespace, String folder) {
    this.kubernetes = kubernetes;
    this.namespace = namespace;
    this.folder = folder;
  }

  /// Makes the Service, the files with users and roles, and the pod, and waits until it answers.
  void start() {
    kubernetes
        .configMaps()
        .inNamespace(namespace)
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(FILES)
                .endMetadata()
                .addToData("users", AGENT + ":" + AGENT_HASH + "\n")
                .addToData("users_roles", "longshore_agent:" + AGENT + "\n")
                .addToData(
                    "roles.yml",
                    YamlDocuments.text(
                        Chart.deployFolder().resolve("platform/files/elasticsearch-roles.yml")))
                .build())
        .create();
    kubernetes
        .services()
        .inNamespace(namespace)
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName(SERVICE)
                .endMetadata()
                .withNewSpec()
                .withClusterIP("None")
                .withSelector(Map.of("app", SERVICE))
                .addNewPort()
                .withName("http")
                .withPort(PORT)
                .endPort()
                .endSpec()
                .build())
        .create();
    createPod();
  }

  /// Deletes the pod and makes it anew, with the same data and another address.
  void move() {
    String before = address();
    kubernetes.pods().inNamespace(namespace).withName(SERVICE).withGracePeriod(5).delete();
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(Duration.ofMinutes(1))
        .until(() -> kubernetes.pods().inNamespace(namespace).withName(SERVICE).get() == null);
    createPod();
    if (address().equals(before)) {
      throw new AssertionError("the pod has the address " + before + " as before");
    }
  }

  private void createPod() {
    kubernetes.pods().inNamespace(namespace).resource(pod()).create();
    await()
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .atMost(START)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              Pod pod = kubernetes.pods().inNamespace(namespace).withName(SERVICE).get();
              return pod != null && Readiness.isPodReady(pod);
            });
  }

  private Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName(SERVICE)
        .withLabels(Map.of("app", SERVICE))
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(5L)
        .addNewInitContainer()
        .withName("owner")
        .withImage(Workloads.IMAGE)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("busybox", "chmod", "777", "/data")
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .endVolumeMount()
        .endInitContainer()
        .addNewContainer()
        .withName(SERVICE)
        .withImage(IMAGE)
        .withImagePullPolicy("IfNotPresent")
        .withEnv(
            env("discovery.type", "single-node"),
            env("cluster.routing.allocation.disk.threshold_enabled", "false"),
            env("xpack.security.http.ssl.enabled", "false"),
            env("ELASTIC_PASSWORD", PASSWORD),
            env("ES_JAVA_OPTS", "-Xms512m -Xmx512m"))
        .addNewPort()
        .withContainerPort(PORT)
        .endPort()
        .withNewReadinessProbe()
        .withNewTcpSocket()
        .withPort(new IntOrString(PORT))
        .endTcpSocket()
        .withPeriodSeconds(1)
        .endReadinessProbe()
        .withNewResources()
        .withRequests(Map.of("memory", new Quantity("1Gi")))
        .endResources()
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/usr/share/elasticsearch/data")
        .endVolumeMount()
        .addAllToVolumeMounts(
            Stream.of("users", "users_roles", "roles.yml").map(ElasticsearchPod::file).toList())
        .endContainer()
        .addNewVolume()
        .withName(FILES)
        .withNewConfigMap()
        .withName(FILES)
        .endConfigMap()
        .endVolume()
        .addNewVolume()
        .withName("data")
        .withNewHostPath()
        .withPath(folder)
        .withType("DirectoryOrCreate")
        .endHostPath()
        .endVolume()
        .endSpec()
        .build();
  }

  private static VolumeMount file(String name) {
    return new VolumeMountBuilder()
        .withName(FILES)
        .withMountPath("/usr/share/elasticsearch/config/" + name)
        .withSubPath(name)
        .build();
  }

  private static EnvVar env(String name, String value) {
    return new EnvVar(name, value, null);
  }

  /// How this machine reaches it: the node is this machine, so by the pod's address.
  ElasticConfig config() {
    return new ElasticConfig(
        List.of(url()), SUPERUSER, PASSWORD, null, null, false, Duration.ofSeconds(30));
  }

  private URI url() {
    return URI.create("http://" + address() + ":" + PORT);
  }

  private String address() {
    Pod pod = kubernetes.pods().inNamespace(namespace).withName(SERVICE).get();
    return Objects.requireNonNull(pod.getStatus().getPodIP());
  }
}
