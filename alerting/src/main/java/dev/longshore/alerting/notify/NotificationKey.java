package dev.longshore.alerting.notify;

/// What the notification log, a card and an entry of the outbox are about: a group, told to one
/// integration of a receiver.
///
/// @param group the group's key
/// @param integration its kind and its place among its kind: `slack[0]`
record NotificationKey(String group, String receiver, String integration) {

  /// The integration's kind.
  String kind() {
    return integration.substring(0, integration.indexOf('['));
  }
}
