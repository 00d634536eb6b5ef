package dev.longshore.alerting.notify;

import org.jspecify.annotations.Nullable;

/// What a [ReceiverClient] wants to be sent.
public sealed interface Draft {

  /// Where to.
  String channel();

  /// What it says.
  String content();

  /// A message that stands and is edited.
  ///
  /// @param memory what the messenger wants to see next time
  /// @param reply lines for its thread; null for none
  /// @param broadcast whether the reply is shown in the channel too
  /// @param minor whether only numbers have changed, so that an edit can wait
  /// @param firing how many alerts fire
  /// @param over whether nothing more will happen to it
  record Standing(
      String channel,
      String content,
      String memory,
      @Nullable String reply,
      boolean broadcast,
      boolean minor,
      int firing,
      boolean over)
      implements Draft {}

  /// A message that is sent once.
  record OneShot(String channel, String content) implements Draft {}
}
