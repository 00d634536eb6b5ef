package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Labels;
import java.time.Instant;
import java.util.List;

/// Which silences cover an alert. On the alerting loop's thread only.
public interface SilenceLookup {

  /// The ids of the silences that are active now and match.
  List<String> silencing(Labels labels, Instant now);
}
