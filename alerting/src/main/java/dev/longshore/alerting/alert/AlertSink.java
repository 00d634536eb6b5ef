package dev.longshore.alerting.alert;

import java.util.List;

/// Where alerts are put: by rules, by the API, and by Longshore about itself.
public interface AlertSink {

  /// An alert that was not taken.
  ///
  /// @param reason for people
  record Refusal(Fingerprint alert, String reason) {}

  /// Takes alerts that fire or have ended; they are written at the end of the turn. On the alerting
  /// loop's thread only.
  ///
  /// @return those that were not taken; who put one of them may put it again later
  List<Refusal> put(List<Alert> alerts);
}
