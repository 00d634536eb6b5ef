package dev.longshore.alerting.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Takes acknowledgements of groups: the one way in for the API, the page and receivers that people
/// answer. On the alerting loop's thread only.
public interface Acknowledger {

  /// Acknowledges a group, in place of the acknowledgement that it may have; it is durable at the
  /// end of the turn.
  ///
  /// @param group its id, or the [AlertGroup#hash] of it
  /// @param by who does, for people; never empty
  /// @param comment may be empty
  /// @param until when it ends by itself; null for the configured time from now on
  /// @throws NoSuchGroupException when there is no such group, any more
  /// @throws IllegalArgumentException when nothing of it fires, or what is given is not sound
  Acknowledgement acknowledge(String group, String by, String comment, @Nullable Instant until);

  /// Ends the acknowledgement of a group.
  ///
  /// @param group its id, or the [AlertGroup#hash] of it
  /// @param by who does, for people
  /// @return what was ended; null when the group is not acknowledged
  @Nullable Acknowledgement end(String group, String by);
}
