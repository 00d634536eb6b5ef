package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.alerting.oncall.Shift;
import dev.longshore.alerting.receiver.slack.Blocks;
import dev.longshore.alerting.receiver.slack.Markup;
import dev.longshore.alerting.silence.Silence;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// What `/longshore` answers: what fires, which silences there are, who is on call.
final class CommandMessage {
  private static final int MOST = 15;

  private CommandMessage() {}

  /// Groups of which something fires, the newest first.
  static ObjectNode firing(List<AlertGroup> groups, Instant now) {
    List<AlertGroup> firing =
        groups.stream()
            .filter(group -> count(group, now) > 0)
            .sorted(Comparator.comparing((AlertGroup group) -> since(group, now)).reversed())
            .toList();
    Blocks blocks = new Blocks();
    if (firing.isEmpty()) {
      blocks.sections(":large_green_circle: Nothing fires.");
      return Messages.of("Nothing fires.", blocks);
    }
    String title = firing.size() + (firing.size() == 1 ? " group fires" : " groups fire");
    blocks.sections("*" + title + "*");
    for (AlertGroup group : firing.subList(0, Math.min(MOST, firing.size()))) {
      blocks.literal(
          title(group) + "  ", count(group, now) + " alerts, told to " + group.receiver());
      blocks.context(state(group, now));
    }
    more(blocks, firing.size());
    return Messages.of(title, blocks);
  }

  private static String title(AlertGroup group) {
    Labels common = group.members().getFirst().alert().labels();
    String name = common.alertName();
    StringBuilder title = new StringBuilder(name);
    group
        .labels()
        .asMap()
        .forEach(
            (label, value) -> {
              if (!label.equals(Labels.ALERT_NAME)) {
                title.append(" · ").append(value);
              }
            });
    return Markup.cutPlain(title.toString(), 300);
  }

  private static String state(AlertGroup group, Instant now) {
    String text = "since " + Markup.time(since(group, now));
    var acknowledgement = group.acknowledgement();
    if (acknowledgement != null) {
      text +=
          "  ·  :eyes: acknowledged by "
              + Markup.escaped(acknowledgement.by())
              + " until "
              + Markup.time(acknowledgement.until());
    }
    boolean quiet =
        group.members().stream()
            .filter(it -> !it.alert().isResolvedAt(now))
            .noneMatch(it -> it.suppression().isNotifiable());
    return quiet ? text + "  ·  :no_bell: silenced, muted or inhibited" : text;
  }

  private static long count(AlertGroup group, Instant now) {
    return group.members().stream().filter(it -> !it.alert().isResolvedAt(now)).count();
  }

  private static Instant since(AlertGroup group, Instant now) {
    return group.members().stream()
        .filter(it -> !it.alert().isResolvedAt(now))
        .map(it -> it.alert().startsAt())
        .min(Comparator.naturalOrder())
        .orElse(now);
  }

  /// Silences that are active, those that end soon first.
  static ObjectNode silences(List<Silence> all, Instant now) {
    List<Silence> active =
        all.stream()
            .filter(it -> it.state(now) == Silence.State.ACTIVE)
            .sorted(Comparator.comparing(Silence::endsAt))
            .toList();
    Blocks blocks = new Blocks();
    if (active.isEmpty()) {
      blocks.sections("No silence is active.");
      return Messages.of("No silence is active.", blocks);
    }
    String title = active.size() + (active.size() == 1 ? " silence" : " silences");
    blocks.sections("*" + title + "*");
    for (Silence silence : active.subList(0, Math.min(MOST, active.size()))) {
      blocks.literal("", Markup.cutPlain(Matchers.toString(silence.matchers()), 600));
      String problem = silence.problem();
      if (problem != null) {
        blocks.context("matches nothing: " + Markup.escaped(Markup.cutPlain(problem, 200)));
      }
      String comment = silence.comment().replace('\n', ' ').strip();
      blocks.context(
          "until "
              + Markup.time(silence.endsAt())
              + " by "
              + Markup.escaped(silence.createdBy())
              + (comment.isEmpty() ? "" : ": " + Markup.escaped(Markup.cutPlain(comment, 200))));
    }
    more(blocks, active.size());
    return Messages.of(title, blocks);
  }

  private static void more(Blocks blocks, int all) {
    if (all > MOST) {
      blocks.context("and " + (all - MOST) + " more");
    }
  }

  /// Who is on call in each rotation, until when, and who is next.
  static ObjectNode onCall(OnCall onCall, Instant now) {
    Blocks blocks = new Blocks();
    List<Rotation> rotations = onCall.rotations();
    if (rotations.isEmpty()) {
      blocks.sections("Nobody is on call: the configuration has no rotations.");
      return Messages.of("Nobody is on call.", blocks);
    }
    blocks.sections("*On call*");
    for (Rotation rotation : rotations.subList(0, Math.min(MOST, rotations.size()))) {
      Shift shift = rotation.shifts(now, now.plus(Rotation.WEEK)).getFirst();
      String person = shift.person();
      blocks.literal(rotation.name() + "  ", person == null ? "nobody" : person);
      String next = rotation.after(now);
      blocks.context(
          "until "
              + (shift.to().isBefore(now.plus(Rotation.WEEK))
                  ? Markup.time(shift.to())
                  : "more than a week from now")
              + (next == null ? "" : ", then " + Markup.escaped(next)));
    }
    more(blocks, rotations.size());
    return Messages.of("On call", blocks);
  }

  static ObjectNode help() {
    Blocks blocks = new Blocks();
    blocks.sections(
        """
        `/longshore firing` what fires
        `/longshore silences` which silences are active
        `/longshore oncall` who is on call\
        """);
    return Messages.of("/longshore firing, silences, oncall", blocks);
  }
}
