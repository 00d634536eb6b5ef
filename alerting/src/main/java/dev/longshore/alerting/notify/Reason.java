package dev.longshore.alerting.notify;

/// Why a group is told now, or that it is not; Alertmanager's decision.
public enum Reason {
  NONE("nothing has changed", ""),
  FIRST("the group began to fire", "first notification"),
  NEW_ALERTS("more alerts of the group fire", "new alerts added"),
  SOME_RESOLVED("some alerts of the group have resolved", "some alerts resolved"),
  ALL_RESOLVED("all alerts of the group have resolved", "all alerts resolved"),
  REPEAT("repeat_interval has elapsed", "repeat interval elapsed");

  private final String words;
  private final String inTemplates;

  Reason(String words, String inTemplates) {
    this.words = words;
    this.inTemplates = inTemplates;
  }

  /// As Alertmanager's templates have it, `.NotificationReason`, and its payloads.
  public String inTemplates() {
    return inTemplates;
  }

  /// For people, behind "because".
  public String words() {
    return words;
  }
}
