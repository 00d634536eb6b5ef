package dev.longshore.alerting.rule.cluster;

import dev.longshore.alerting.rule.RuleObjects;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// What is said of an API server that can't be followed: what failed, and what to do; at most once
/// a minute and namespace.
final class Warnings {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final RateLimitedLogger log;
  private final String server;

  Warnings(Clock clock, String server) {
    this.log = new RateLimitedLogger(LoggerFactory.getLogger(ClusterRules.class), clock, INTERVAL);
    this.server = server;
  }

  void failed(String namespace, Throwable failure) {
    tell(namespace, words(failure));
  }

  /// The watch broke, and could not be opened again yet.
  void unwatched(String namespace) {
    tell(namespace, "the watch broke and can't be opened; is the API server away?");
  }

  private void tell(String namespace, String error) {
    log.warn(
        namespace,
        event ->
            event
                .setMessage(
                    "PrometheusRule objects can't be followed; those that are known stay in force,"
                        + " and it is tried again")
                .addKeyValue("server", server)
                .addKeyValue("namespace", namespace.equals(RuleObjects.ALL) ? "all" : namespace)
                .addKeyValue("error", error));
  }

  /// The cause in one sentence, with what to do where that is known.
  static String words(Throwable failure) {
    KubernetesClientException refused = null;
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      root = cause;
      if (cause instanceof KubernetesClientException known && known.getCode() != 0) {
        refused = known;
      }
    }
    if (refused == null) {
      return text(root);
    }
    String advice = advice(refused.getCode());
    return "HTTP " + refused.getCode() + (advice == null ? ": " + text(refused) : "; " + advice);
  }

  private static @Nullable String advice(int code) {
    return switch (code) {
      case HttpURLConnection.HTTP_NOT_FOUND ->
          "this cluster has no PrometheusRule objects: install the CustomResourceDefinition"
              + " prometheusrules.monitoring.coreos.com, or set kubernetes.enabled to false";
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          "the credentials are not accepted; look at kubernetes.kubeconfig, or at the service"
              + " account of the pod";
      case HttpURLConnection.HTTP_FORBIDDEN ->
          "the role needs list and watch on prometheusrules in monitoring.coreos.com; in all"
              + " namespaces, unless kubernetes.namespaces names some";
      default -> null;
    };
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? FailureText.of(failure) : message;
  }
}
