package dev.longshore.agent.enrich;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.log.RateLimitedLogger;
import java.util.Map;

/// Makes the rules of containers out of their pods' annotations, as far as they are understood and
/// the operator's policy permits them; what is not is logged, and what is refused is counted too.
final class PolicyEnforcer {
  private final PolicyConfig config;
  private final DataStreamQuota quota;
  private final RateLimitedLogger log;
  private final EnrichMetrics metrics;

  PolicyEnforcer(PolicyConfig config, RateLimitedLogger log, EnrichMetrics metrics) {
    this.config = config;
    this.log = log;
    this.metrics = metrics;
    quota = new DataStreamQuota(config.maxDataStreams());
  }

  /// A container's rules. A data stream of its own is given to it until it is [#drained], or its
  /// rules say otherwise.
  ///
  /// @param control the pod's annotations, as [PodMetadata#control] has them
  PodRules rules(ContainerRef container, Map<String, String> control) {
    PodRules rules =
        Annotations.rules(
            control,
            container.container(),
            config.of(container.namespace()),
            config.redactions(),
            problem -> warn(container, problem, "annotation ignored"));
    String dataset = rules.dataset();
    if (dataset == null) {
      quota.release(container);
    } else if (!quota.take(container, dataset)) {
      rules =
          rules.withoutDataset(
              new Refusal(
                  Refusal.Reason.MAX_DATA_STREAMS,
                  "longshore.dev/dataset '%s': policy.maxDataStreams is %d"
                      .formatted(dataset, config.maxDataStreams())));
    }
    for (Refusal refusal : rules.refusals()) {
      metrics.refused(refusal.reason());
      warn(container, refusal.text(), "annotation refused by policy");
    }
    return rules;
  }

  private void warn(ContainerRef container, String reason, String message) {
    log.warn(
        container + " " + reason,
        event -> {
          var _ =
              event
                  .setMessage(message)
                  .addKeyValue("kubernetes.namespace", container.namespace())
                  .addKeyValue("kubernetes.pod.name", container.pod())
                  .addKeyValue("reason", reason);
        });
  }

  /// The container is gone.
  void drained(ContainerRef container) {
    quota.release(container);
  }

  /// How many datasets of pods' own choice are in use.
  int datasets() {
    return quota.datasets();
  }

  /// How many entries its maps have.
  int entries() {
    return quota.entries();
  }
}
