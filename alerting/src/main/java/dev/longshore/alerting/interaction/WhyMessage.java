package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.receiver.slack.Blocks;
import dev.longshore.alerting.receiver.slack.Markup;
import dev.longshore.alerting.state.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Why people were told of a group's alerts, or not: the state of some of them, and the latest
/// decisions about each.
final class WhyMessage {
  private static final int ALERTS = 3;
  private static final int DECISIONS = 8;

  private WhyMessage() {}

  /// Blocks on the state.
  ///
  /// @param decisions those about an alert, the oldest first
  static ObjectNode of(AlertGroup group, Instant now, Function<Member, List<Decision>> decisions) {
    Blocks blocks = new Blocks();
    blocks.sections(
        "*Why* this message of receiver " + Markup.escaped(group.receiver()) + " is here");
    blocks.literal("group ", group.key());
    Acknowledgement acknowledgement = group.acknowledgement();
    if (acknowledgement != null) {
      blocks.context(
          "acknowledged by "
              + Markup.escaped(acknowledgement.by())
              + " until "
              + Markup.time(acknowledgement.until()));
    }
    List<Member> firing =
        group.members().stream().filter(it -> !it.alert().isResolvedAt(now)).toList();
    for (Member member : firing.subList(0, Math.min(ALERTS, firing.size()))) {
      alert(blocks, member, decisions.apply(member));
    }
    if (firing.size() > ALERTS) {
      blocks.context(
          "and " + (firing.size() - ALERTS) + " more; longshore alerting explain has them all");
    }
    return Messages.of("Why this message is here", blocks);
  }

  private static void alert(Blocks blocks, Member member, List<Decision> decisions) {
    blocks.literal(member.alert().labels().toString(), "");
    List<String> state = new ArrayList<>();
    state.add("fires since " + Markup.time(member.alert().startsAt()));
    if (!member.suppression().silencedBy().isEmpty()) {
      state.add("silenced by " + String.join(", ", member.suppression().silencedBy()));
    }
    if (!member.suppression().inhibitedBy().isEmpty()) {
      state.add("inhibited by " + member.suppression().inhibitedBy());
    }
    if (!member.suppression().mutedBy().isEmpty()) {
      state.add("muted by " + Markup.escaped(String.join(", ", member.suppression().mutedBy())));
    }
    blocks.context(String.join("  ·  ", state));
    List<String> lines = new ArrayList<>();
    int first = Math.max(0, decisions.size() - DECISIONS);
    for (Decision decision : decisions.subList(first, decisions.size())) {
      lines.add(
          Markup.time(decision.at())
              + "  *"
              + decision.stage()
              + "*  "
              + Markup.escaped(Markup.cutPlain(decision.what(), 400)));
    }
    if (!lines.isEmpty()) {
      blocks.sections(String.join("\n", lines));
    }
  }
}
