package dev.longshore.alerting.oncall;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody who can be on call.
///
/// @param receivers names of receivers of the Alertmanager file that reach them, all of which are
///   told
/// @param slack their Slack user id, such as `U012AB3CD`; null when they have none
public record Person(String name, List<String> receivers, @Nullable String slack) {
  public Person {
    receivers = List.copyOf(receivers);
  }
}
