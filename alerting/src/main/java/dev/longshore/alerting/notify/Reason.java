package dev.longshore.alerting.notify;

/// Why a group is told now, or that it is not; Alertmanager's decision.
public enum Reason {
  NONE("nothing new"),
  FIRST("fires"),
  NEW_ALERTS("more alerts fire"),
  SOME_RESOLVED("some alerts have ended"),
  ALL_RESOLVED("all alerts have ended"),
  REPEAT("repeat_interval is over");

  private final String words;

  Reason(String words) {
    this.words = words;
  }

  /// For people.
  public String words() {
    return words;
  }
}
