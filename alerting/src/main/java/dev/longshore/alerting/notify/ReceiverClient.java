package dev.longshore.alerting.notify;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One integration of a receiver at work: it words messages, and hands them over.
public interface ReceiverClient extends AutoCloseable {

  /// Words a message; on the loop's thread, without I/O. Never fails: a template that does is named
  /// in the message.
  ///
  /// @param reason why something new may be posted; NONE when nothing may be
  /// @param memory what it wanted to see again; null when no card stands
  /// @return null when there is nothing to say
  @Nullable Draft draft(
      GroupNotification groupNotification, Reason reason, @Nullable String memory);

  /// Words one message for many groups, because a message for each would be a flood.
  ///
  /// @param firing how many alerts fire in all of them
  /// @param groups how many of the groups fire
  /// @param resolvedGroups how many no longer do
  /// @param contents what some of the groups that fire would say, as drafted
  default String storm(int firing, int groups, int resolvedGroups, List<String> contents) {
    throw new UnsupportedOperationException("floods are for its receiver to deal with");
  }

  /// Whether posts that are sent once become one [#storm] when they are a flood. Not where a
  /// machine reads them.
  default boolean collapses() {
    return false;
  }

  /// Words a card's last edit: the configuration no longer has its group.
  ///
  /// @param content what it says now, as drafted
  /// @param ended whether its alerts are over
  default String removed(String content, boolean ended) {
    throw new UnsupportedOperationException("it has no cards");
  }

  /// Hands a message over and waits for the answer; on any thread, bounded in time.
  DeliveryResult deliver(Delivery delivery);

  /// Asks the other side whether it knows us, without a message; on any thread, bounded in time.
  ///
  /// @return what came of it; null where there is no way to ask
  default @Nullable DeliveryResult greet() {
    return null;
  }

  /// Identifies who we are to the other side: those with the same credentials share its limits. Has
  /// no secret in it.
  String account();

  /// How many messages about different groups a channel takes at a time. Where a person reads them
  /// it is one: they come in order, and a kill doubles one at most.
  default int concurrency() {
    return 1;
  }

  /// The least time between two messages to a channel.
  Duration gap();

  /// The least time between two edits with the same account.
  Duration editGap();

  @Override
  void close();

  /// Whether a content that is refused can be said in plain text.
  default boolean hasPlain() {
    return true;
  }
}
