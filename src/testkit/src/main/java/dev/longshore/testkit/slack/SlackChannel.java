package dev.longshore.testkit.slack;

import java.util.ArrayList;
import java.util.List;

/// A channel and all that was ever posted in it. Guarded by its workspace.
final class SlackChannel {
  final String id;
  String name;
  final List<SlackMessage> messages = new ArrayList<>();
  boolean archived;
  boolean member = true;

  SlackChannel(String id, String name) {
    this.id = id;
    this.name = name;
  }
}
