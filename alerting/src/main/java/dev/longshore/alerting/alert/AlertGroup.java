package dev.longshore.alerting.alert;

import java.time.Duration;
import java.util.List;

/// The alerts of one route that share the labels it groups by, as they are at one moment: what
/// becomes one notification.
///
/// @param id identifies the group over restarts. It is the key, but for routes after the first with
///   the same matchers, which have a number in it
/// @param key the route's matchers and the group's labels, as Alertmanager writes them:
///   `{}/{severity="page"}:{alertname="PodDown"}`. Routes with the same matchers share it
/// @param receiver the receiver's name
/// @param labels the labels grouped by
/// @param members sorted by when they started, then by labels; never empty but when the last one
///   has gone
/// @param repeatInterval after which it is told again
public record AlertGroup(
    String id,
    String key,
    String receiver,
    Labels labels,
    List<Member> members,
    Duration repeatInterval) {

  public AlertGroup {
    members = List.copyOf(members);
  }

  /// An alert of a group.
  public record Member(Alert alert, Suppression suppression) {}
}
