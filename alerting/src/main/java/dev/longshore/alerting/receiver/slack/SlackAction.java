package dev.longshore.alerting.receiver.slack;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What people can do by a button of a message.
public enum SlackAction {
  ACKNOWLEDGE("Acknowledge"),
  END_ACKNOWLEDGEMENT("End acknowledgement"),
  SILENCE_HOUR("Silence 1 h"),
  SILENCE_UNTIL_MORNING("Until morning"),
  SILENCE("Silence…"),
  WHY("Why?"),
  SHOW_LINES("Show lines");

  private static final String PREFIX = "longshore-";

  private final String label;

  SlackAction(String label) {
    this.label = label;
  }

  /// What stands on the button.
  public String label() {
    return label;
  }

  /// Its `action_id`.
  public String id() {
    return PREFIX + word();
  }

  /// The word for it in the audit and in metrics: `silence-hour`.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The one with an `action_id`; null when it is none of ours.
  public static @Nullable SlackAction of(String id) {
    for (SlackAction action : values()) {
      if (action.id().equals(id)) {
        return action;
      }
    }
    return null;
  }
}
