package dev.longshore.alerting.eval;

/// What is looked up for messages when an alert fires, and again each five minutes while it does.
///
/// @param chart how a metric went before: a query over a range of time
/// @param errors what the workload of a metric alert logged as errors: a search
/// @param rollout the newest rollout of an alert's workload: up to six searches
public record EvidenceConfig(boolean chart, boolean errors, boolean rollout) {

  /// All of it; none of it delays an alert by more than some seconds.
  public static final EvidenceConfig DEFAULT = new EvidenceConfig(true, true, true);
}
