package dev.longshore.alerting.interaction;

import dev.longshore.alerting.receiver.slack.SlackWeb;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Who may answer the messages of an entry: those whom its `answers` name, or, where they name
/// nobody, everybody of the workspace who sees the message. Blocks on Slack for the people of a
/// user group, which are asked for each [#KEPT] at most. Safe for use by any thread.
final class Permission {
  static final Duration KEPT = Duration.ofMinutes(5);

  private record Members(List<String> ids, long askedNanos) {}

  private final Clock clock;
  private final RateLimitedLogger log;

  /// By the group's id. Guarded by this.
  private final Map<String, Members> known = new HashMap<>();

  Permission(Clock clock) {
    this.clock = clock;
    this.log =
        new RateLimitedLogger(
            LoggerFactory.getLogger(Permission.class), clock, Duration.ofMinutes(1));
  }

  /// @return why the person may not, as a sentence for the person; null when they may
  @Nullable String refusal(SlackEntry entry, Person person, SlackWeb web) {
    if (!person.isKnown()) {
      return "Slack does not say who you are.";
    }
    if (entry.answers().users().contains(person.id())) {
      return null;
    }
    if (!entry.answers().isLimited()) {
      return person.foreign()
          ? "You belong to another workspace: only people of this one may answer here, and those"
              + " whom the configuration names."
          : null;
    }
    List<String> problems = new ArrayList<>();
    for (String group : entry.answers().userGroups()) {
      List<String> members = members(group, web, problems);
      if (members.contains(person.id())) {
        return null;
      }
    }
    return problems.isEmpty()
        ? "You may not answer messages of the receiver "
            + entry.receiver()
            + ": its configuration names those who may."
        : "Whether you may answer can't be found out: " + String.join("; ", problems) + ".";
  }

  /// The people of a group; those of before while Slack does not say.
  private List<String> members(String group, SlackWeb web, List<String> problems) {
    Members before;
    synchronized (this) {
      before = known.get(group);
    }
    if (before != null && clock.nanoTime() - before.askedNanos < KEPT.toNanos()) {
      return before.ids;
    }
    SlackWeb.Reply<List<String>> reply = web.membersOf(group);
    List<String> members = reply.value();
    if (members == null) {
      String problem = "the user group " + group + " is not told (" + reply.problem() + ")";
      log.warn(
          group,
          event ->
              event
                  .setMessage("Slack does not say who is in a user group")
                  .addKeyValue("userGroup", group)
                  .addKeyValue("reason", reply.problem()));
      if (before == null) {
        problems.add(problem);
        return List.of();
      }
      return before.ids;
    }
    synchronized (this) {
      known.put(group, new Members(members, clock.nanoTime()));
    }
    return members;
  }
}
