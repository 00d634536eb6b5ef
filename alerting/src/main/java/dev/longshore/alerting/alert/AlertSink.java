package dev.longshore.alerting.alert;

import java.util.List;

/// Where alerts are put: by rules, by the API, and by Longshore about itself.
public interface AlertSink {

  /// Takes alerts that fire or have ended. What was taken is durable when this returns. On the
  /// alerting loop's thread only.
  void put(List<Alert> alerts);
}
