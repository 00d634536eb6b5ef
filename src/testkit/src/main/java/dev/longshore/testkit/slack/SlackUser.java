package dev.longshore.testkit.slack;

/// A person of a workspace.
///
/// @param teamId of the workspace that the person belongs to: another one's in a shared channel
/// @param timeZone as `users.info` tells it, `Europe/Berlin`
public record SlackUser(String id, String name, String teamId, String timeZone) {

  /// A person of the workspace itself.
  public static SlackUser of(String id, String name) {
    return new SlackUser(id, name, SlackWorkspace.TEAM, "Europe/Berlin");
  }

  /// A person of another workspace, with whom a channel is shared.
  public static SlackUser stranger(String id, String name) {
    return new SlackUser(id, name, "T0ELSEWHERE", "Europe/Berlin");
  }
}
