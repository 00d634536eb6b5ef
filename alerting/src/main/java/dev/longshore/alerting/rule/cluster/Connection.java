package dev.longshore.alerting.rule.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// The client for the API server, on virtual threads. A token file that is rotated is read again by
/// the client itself.
final class Connection {
  private static final int ANSWER_MILLIS = 15_000;

  private Connection() {}

  /// Connects to nothing yet.
  ///
  /// @throws IllegalArgumentException when the kubeconfig can't be used
  static KubernetesClient open(@Nullable Path kubeconfig) {
    if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
      throw new IllegalArgumentException(
          "kubernetes.kubeconfig=%s can't be read; the file is missing or not permitted"
              .formatted(kubeconfig));
    }
    try {
      Config config =
          kubeconfig == null
              ? Config.autoConfigure(null)
              : Config.fromKubeconfig(kubeconfig.toFile());
      // The watch has its own patience, and tells of each failure.
      config.setRequestRetryBackoffLimit(0);
      config.setRequestTimeout(ANSWER_MILLIS);
      // A WebSocket is HTTP/1.1 in any case, and HTTP/2 costs memory of its own.
      config.setHttp2Disable(true);
      ExecutorService threads =
          Executors.newThreadPerTaskExecutor(
              Thread.ofVirtual().name("cluster-rules-", 0).factory());
      return new KubernetesClientBuilder()
          .withConfig(config)
          .withHttpClientFactory(new Factory(threads))
          .withTaskExecutorSupplier(() -> threads)
          .build();
    } catch (KubernetesClientException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the credentials for the API server can't be used%s: %s"
              .formatted(kubeconfig == null ? "" : ", see " + kubeconfig, e.getMessage()),
          e);
    }
  }

  private static final class Factory extends JdkHttpClientFactory {
    private final ExecutorService threads;

    private Factory(ExecutorService threads) {
      this.threads = threads;
    }

    @Override
    protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
      return java.net.http.HttpClient.newBuilder().executor(threads);
    }
  }
}
