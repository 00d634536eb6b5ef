package dev.longshore.alerting.receiver.slack.socket;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The envelopes that were handled lately: what Slack sends again is done once. Owned by the
/// sockets' loop.
final class SeenEnvelopes {

  /// Slack sends again within minutes.
  static final int MOST = 2_000;

  private final Set<String> seen =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MOST;
            }
          });

  /// Whether it is new; it is known from now on.
  boolean add(Envelope envelope) {
    boolean isNew = true;
    for (String key : List.of("envelope " + envelope.id(), "trigger " + envelope.triggerId())) {
      if (!key.equals("trigger ") && !seen.add(key)) {
        isNew = false;
      }
    }
    return isNew;
  }
}
