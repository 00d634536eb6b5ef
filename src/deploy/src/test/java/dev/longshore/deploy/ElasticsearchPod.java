package dev.longshore.deploy;

import dev.longshore.shared.elastic.ElasticConfig;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Elasticsearch as a pod, with security on. Its data lies on the node, so that it can be made anew
/// and then has another address.
final class ElasticsearchPod {
  /// Has an address of its own, which Kubernetes puts into the environment of pods.
  static final String SERVICE = "elasticsearch";

  /// Headless: the pod's address stands in the DNS.
  static final String HEADLESS = "elasticsearch-pods";

  private static final String IMAGE =
      System.getenv()
          .getOrDefault(
              "LONGSHORE_E2E_ELASTICSEARCH_IMAGE",
              "docker.elastic.co/elasticsearch/elasticsearch:8.19.21");
  private static final String SUPERUSER = "elastic";
  private static final String FILES = "elasticsearch-files";

  /// What `elasticsearch-users useradd longshore-agent -p pass-of-the-e2e-test` writes.
  private static final String HASH = "$2a$10$wZFmcIs7oc92odsbtN4kWuuZzrtnmSisKRx3KnyA8PdhL728xbXBq";

  /// The users of our products: they may do what the platform's role file says, and no more.
  static final String AGENT = "longshore-agent";

  static final String ALERTING = "longshore-alerting";

  static final String PASSWORD = "pass-of-the-e2e-test";

  private static final int PORT = 9200;
  private static final String CREDENTIALS =
      Base64.getEncoder()
          .encodeToString((SUPERUSER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));

  private final Cluster cluster;

  ElasticsearchPod(Cluster cluster) {
    this.cluster = cluster;
  }

  /// Makes the Services, the files with users and roles, and the pod, and waits until it answers.
  void start() {
    cluster.configMap(
        FILES,
        Map.of(
            "users",
            AGENT + ":" + HASH + "\n" + ALERTING + ":" + HASH + "\n",
            "users_roles",
            "longshore_writer:%1$s\nlongshore_repair:%1$s\nlongshore_alerting:%2$s\n"
                .formatted(AGENT, ALERTING),
            "roles.yml",
            YamlDocuments.text(
                Chart.deployFolder().resolve("platform/files/elasticsearch-roles.yml"))));
    cluster.service(SERVICE, null, SERVICE, PORT);
    cluster.service(HEADLESS, Cluster.HEADLESS, SERVICE, PORT);
    cluster.start(pod());
  }

  /// Deletes the pod and makes it anew, with the same data and another address.
  void move() {
    cluster.move(pod());
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
        .withImage(Cluster.IMAGE)
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
            env("ES_JAVA_OPTS", "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1"))
        .addNewPort()
        .withContainerPort(PORT)
        .endPort()
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/_cluster/health?wait_for_status=yellow&timeout=1s")
        .withPort(new IntOrString(PORT))
        .withHttpHeaders(new HTTPHeader("Authorization", "Basic " + CREDENTIALS))
        .endHttpGet()
        .withTimeoutSeconds(3)
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
        .withPath(cluster.nodeFolder("elasticsearch").toString())
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
    return URI.create("http://" + cluster.address(SERVICE) + ":" + PORT);
  }
}
