package dev.longshore.deploy;

import dev.longshore.testkit.PrometheusServer;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;

/// Prometheus as a pod behind a headless Service. It scrapes our two releases, found by the
/// cluster's DNS. The program is this machine's, which is the node.
final class PrometheusPod {
  static final String SERVICE = "prometheus";

  private static final int PORT = 9090;

  private final Cluster cluster;
  private final String image;
  private final Pod pod;

  /// @param image any with the C library that the program needs
  PrometheusPod(Cluster cluster, String image) {
    this.cluster = cluster;
    this.image = image;
    this.pod = pod();
  }

  /// @param targets `host:port` of what is scraped
  void start(String... targets) {
    cluster.configMap(
        SERVICE,
        Map.of(
            "prometheus.yml",
            """
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: longshore
                static_configs: [{targets: [%s]}]
            """
                .formatted(String.join(", ", targets))));
    cluster.service(SERVICE, Cluster.HEADLESS, SERVICE, PORT);
    cluster.start(pod);
  }

  void move() {
    cluster.move(pod);
  }

  private Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName(SERVICE)
        .withLabels(Map.of("app", SERVICE))
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(5L)
        .addNewContainer()
        .withName(SERVICE)
        .withImage(image)
        .withImagePullPolicy("IfNotPresent")
        .withCommand(
            "/prometheus",
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/data",
            "--web.listen-address=:" + PORT)
        .addNewPort()
        .withContainerPort(PORT)
        .endPort()
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/-/ready")
        .withPort(new IntOrString(PORT))
        .endHttpGet()
        .withPeriodSeconds(1)
        .endReadinessProbe()
        .addNewVolumeMount()
        .withName("program")
        .withMountPath("/prometheus")
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("config")
        .withMountPath("/etc/prometheus")
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .endVolumeMount()
        .withNewSecurityContext()
        .withRunAsUser(65534L)
        .endSecurityContext()
        .endContainer()
        .addNewVolume()
        .withName("program")
        .withNewHostPath()
        .withPath(PrometheusServer.find("prometheus").toString())
        .withType("File")
        .endHostPath()
        .endVolume()
        .addNewVolume()
        .withName("config")
        .withNewConfigMap()
        .withName(SERVICE)
        .endConfigMap()
        .endVolume()
        .addNewVolume()
        .withName("data")
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .build();
  }
}
