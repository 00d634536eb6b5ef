package dev.longshore.alerting.notify;

/// Alertmanager's words for why a notification failed: values of the label `reason`.
public final class FailureReason {
  public static final String CLIENT_ERROR = "clientError";
  public static final String SERVER_ERROR = "serverError";
  public static final String RATE_LIMITED = "rateLimited";
  public static final String TIMEOUT = "contextDeadlineExceeded";
  public static final String OTHER = "other";

  private FailureReason() {}
}
