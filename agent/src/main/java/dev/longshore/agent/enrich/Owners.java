package dev.longshore.agent.enrich;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/// The workload that a pod belongs to, found through names alone: the API server is never asked for
/// ReplicaSets or Jobs.
final class Owners {
  private static final long MAX_DELAY_SECONDS = 30L * 24 * 3600;
  private static final long MAX_SKEW_SECONDS = 3600;

  private Owners() {}

  /// The owners by kind in lower case.
  ///
  /// A ReplicaSet's name is its Deployment's with the pod's `pod-template-hash` behind. A Job's
  /// name is its CronJob's with the scheduled time behind, in minutes since the epoch (in seconds
  /// before Kubernetes 1.21); digits that are no time near the pod's creation belong to the Job's
  /// own name.
  ///
  /// @param kind of the controlling owner
  /// @param podTemplateHash the label, or empty
  /// @param created the pod's `creationTimestamp`, or empty
  static Map<String, String> of(String kind, String name, String podTemplateHash, String created) {
    return switch (kind) {
      case "ReplicaSet" -> {
        String suffix = "-" + podTemplateHash;
        yield !podTemplateHash.isEmpty() && name.endsWith(suffix) && name.length() > suffix.length()
            ? Map.of("deployment", name.substring(0, name.length() - suffix.length()))
            : Map.of("replicaset", name);
      }
      case "StatefulSet" -> Map.of("statefulset", name);
      case "DaemonSet" -> Map.of("daemonset", name);
      case "Job" -> {
        int dash = name.lastIndexOf('-');
        yield dash > 0 && isScheduledTime(name.substring(dash + 1), created)
            ? Map.of("job", name, "cronjob", name.substring(0, dash))
            : Map.of("job", name);
      }
      default -> Map.of();
    };
  }

  private static boolean isScheduledTime(String digits, String created) {
    if (digits.length() < 8 || digits.length() > 10) {
      return false;
    }
    try {
      long number = Long.parseLong(digits);
      long scheduledSeconds = digits.length() == 10 ? number : number * 60;
      long createdSeconds = Instant.parse(created).getEpochSecond();
      return scheduledSeconds <= createdSeconds + MAX_SKEW_SECONDS
          && scheduledSeconds >= createdSeconds - MAX_DELAY_SECONDS;
    } catch (NumberFormatException | DateTimeParseException e) {
      return false;
    }
  }
}
