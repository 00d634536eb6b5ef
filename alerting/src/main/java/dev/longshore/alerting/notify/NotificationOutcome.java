package dev.longshore.alerting.notify;

import java.time.Instant;

/// What became of an attempt to deliver a message.
///
/// @param integration its kind and its place among its kind: `slack[0]`
/// @param channel empty where the integration has none
/// @param group the id of the group that it is about
/// @param detail for people: where it was delivered, or why it was not
public record NotificationOutcome(
    Instant at,
    String receiver,
    String integration,
    String channel,
    String group,
    Fate fate,
    String detail) {

  /// What became of it.
  public enum Fate {
    /// The receiver has it.
    DELIVERED,
    /// It is tried again: the receiver could not be reached, or asked to wait.
    DEFERRED,
    /// The receiver refuses it, or everything, until somebody changes something; it is kept.
    REFUSED,
    /// It waited for longer than it is of use. What still fires is told anew.
    GIVEN_UP
  }
}
