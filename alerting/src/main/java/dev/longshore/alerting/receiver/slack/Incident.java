package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.SilenceNote;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.NotificationData;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What a group's message says in our own words: state, counts, workloads, each alert.
final class Incident {
  private static final List<String> WORKLOADS =
      List.of(
          "namespace",
          "deployment",
          "statefulset",
          "daemonset",
          "job_name",
          "cronjob",
          "pod",
          "container",
          "node",
          "instance");
  private static final List<String> TEXTS = List.of("summary", "message", "description");

  /// Facts that have a line of their own.
  private static final Set<String> LINES =
      Set.of(Evidence.CHART, Evidence.ROLLOUT, Evidence.ERRORS);

  private static final int ALERTS = 10;
  private static final int NAMES = 6;
  private static final int SAMPLES = 3;
  private static final int SILENCES = 3;

  private final GroupNotification groupNotification;
  private final String externalUrl;
  private final List<Alert> all = new ArrayList<>();
  private final List<Alert> firing = new ArrayList<>();
  private final Labels commonLabels;
  private final Labels commonAnnotations;

  Incident(GroupNotification groupNotification, String externalUrl) {
    this.groupNotification = groupNotification;
    this.externalUrl = externalUrl;
    firing.addAll(groupNotification.firing());
    groupNotification.quiet().stream().map(Member::alert).forEach(firing::add);
    all.addAll(firing);
    all.addAll(groupNotification.allResolved());
    commonLabels = NotificationData.common(all, true);
    commonAnnotations = NotificationData.common(all, false);
  }

  private boolean silent() {
    return groupNotification.firing().isEmpty() && !groupNotification.quiet().isEmpty();
  }

  /// The state's emoji.
  String emoji() {
    if (firing.isEmpty()) {
      return ":large_green_circle:";
    }
    if (silent()) {
      return ":no_bell:";
    }
    return isMild() ? ":large_orange_circle:" : ":red_circle:";
  }

  private boolean isMild() {
    String severity = commonLabels.get("severity").toLowerCase(Locale.ROOT);
    return severity.equals("warning") || severity.equals("info");
  }

  /// The colour of the bar at its side.
  String color() {
    if (firing.isEmpty()) {
      return "#2eb67d";
    }
    return silent() ? "#9e9e9e" : isMild() ? "#f2a33a" : "#e01e5a";
  }

  /// `FIRING 3`.
  String state() {
    if (firing.isEmpty()) {
      return "RESOLVED";
    }
    return (silent() ? "SILENCED " : "FIRING ") + firing.size();
  }

  /// The alerts' name, and what the group is about.
  String title() {
    String name = commonLabels.alertName();
    List<String> parts = new ArrayList<>();
    parts.add(name.isEmpty() ? all.size() + " alerts" : name);
    groupNotification
        .group()
        .labels()
        .asMap()
        .forEach(
            (label, value) -> {
              if (!label.equals(Labels.ALERT_NAME)) {
                parts.add(value);
              }
            });
    return String.join(" · ", parts);
  }

  private Instant since() {
    return all.stream()
        .map(Alert::startsAt)
        .min(Instant::compareTo)
        .orElse(groupNotification.now());
  }

  private Instant until() {
    return all.stream()
        .map(alert -> alert.endsAt() == null ? groupNotification.now() : alert.endsAt())
        .max(Instant::compareTo)
        .orElse(groupNotification.now());
  }

  /// mrkdwn: counts, since when, how long.
  String status() {
    List<String> parts = new ArrayList<>();
    if (firing.isEmpty()) {
      parts.add(
          "*resolved* " + time(until()) + " after " + words(Duration.between(since(), until())));
      parts.add(all.size() + (all.size() == 1 ? " alert" : " alerts"));
    } else {
      if (!groupNotification.firing().isEmpty()) {
        parts.add("*" + groupNotification.firing().size() + " firing*");
      }
      if (!groupNotification.quiet().isEmpty()) {
        parts.add(groupNotification.quiet().size() + " " + quietly());
      }
      if (!groupNotification.allResolved().isEmpty()) {
        parts.add(groupNotification.allResolved().size() + " resolved");
      }
      parts.add("since " + time(since()));
    }
    String severity = commonLabels.get("severity");
    if (!severity.isEmpty()) {
      parts.add("severity " + Markup.escaped(Markup.cutPlain(severity, 60)));
    }
    return String.join("  ·  ", parts);
  }

  /// mrkdwn: who sees to it, and who silenced it; a line each.
  List<String> handled() {
    List<String> lines = new ArrayList<>();
    Acknowledgement acknowledgement = groupNotification.group().acknowledgement();
    if (acknowledgement != null && !firing.isEmpty()) {
      lines.add(
          ":eyes: acknowledged by *"
              + name(acknowledgement.by())
              + "* "
              + time(acknowledgement.at())
              + ", not repeated until "
              + time(acknowledgement.until())
              + comment(acknowledgement.comment()));
    }
    List<SilenceNote> silences = groupNotification.silences();
    for (SilenceNote silence : silences.subList(0, Math.min(SILENCES, silences.size()))) {
      lines.add(
          ":no_bell: silenced by *"
              + name(silence.by())
              + "* until "
              + time(silence.until())
              + comment(silence.comment()));
    }
    return lines;
  }

  private static String name(String by) {
    return Markup.escaped(Markup.cutPlain(by.replace('\n', ' ').replace('*', '∗'), 80));
  }

  private static String comment(String comment) {
    String line = comment.replace('\n', ' ').strip();
    return line.isEmpty() ? "" : ": " + Markup.escaped(Markup.cutPlain(line, 200));
  }

  /// What people can do about it.
  List<SlackAction> answers() {
    if (firing.isEmpty()) {
      return List.of();
    }
    List<SlackAction> actions = new ArrayList<>();
    actions.add(
        groupNotification.group().acknowledgement() == null
            ? SlackAction.ACKNOWLEDGE
            : SlackAction.END_ACKNOWLEDGEMENT);
    actions.add(SlackAction.SILENCE_HOUR);
    actions.add(SlackAction.SILENCE_UNTIL_MORNING);
    actions.add(SlackAction.SILENCE);
    actions.add(SlackAction.WHY);
    if (firing.stream().anyMatch(Incident::hasLines)) {
      actions.add(SlackAction.SHOW_LINES);
    }
    return actions;
  }

  /// Whether a log rule raised it, or its workload's errors were looked at.
  private static boolean hasLines(Alert alert) {
    return !alert.evidence().samples().isEmpty()
        || alert.evidence().facts().stream().anyMatch(it -> it.name().equals(Evidence.ERRORS));
  }

  private String quietly() {
    boolean silenced =
        groupNotification.quiet().stream().anyMatch(it -> !it.suppression().silencedBy().isEmpty());
    boolean muted =
        groupNotification.quiet().stream().anyMatch(it -> !it.suppression().mutedBy().isEmpty());
    return silenced ? "silenced" : muted ? "muted" : "inhibited";
  }

  /// Where it happens: values of the labels that name workloads.
  void workloads(Blocks blocks) {
    List<String> fields = new ArrayList<>();
    for (String label : WORKLOADS) {
      Set<String> values = new LinkedHashSet<>();
      (firing.isEmpty() ? all : firing).forEach(alert -> values.add(alert.labels().get(label)));
      values.remove("");
      if (!values.isEmpty() && fields.size() < 6) {
        List<String> shown =
            values.stream()
                .limit(NAMES)
                .map(it -> Markup.escaped(Markup.cutPlain(it, 120)))
                .toList();
        String more = values.size() > NAMES ? " and " + (values.size() - NAMES) + " more" : "";
        fields.add("*" + label.replace("_name", "") + "*\n" + String.join(", ", shown) + more);
      }
    }
    blocks.fields(fields);
  }

  /// What all alerts say, then each alert, then what lies beside them.
  void body(Blocks blocks) {
    for (String name : TEXTS) {
      String text = commonAnnotations.get(name);
      if (!text.isEmpty()) {
        blocks.literal("", Markup.cutPlain(text, 1_500));
      }
    }
    workloads(blocks);
    List<Alert> listed = firing.isEmpty() ? all : firing;
    int shown = 0;
    for (Alert alert : listed) {
      if (shown == ALERTS || blocks.isFull() || blocks.left() < 1_200) {
        break;
      }
      alert(blocks, alert);
      shown++;
    }
    if (shown < listed.size()) {
      blocks.context("and " + (listed.size() - shown) + " more");
    }
    evidence(blocks, listed);
  }

  private void alert(Blocks blocks, Alert alert) {
    Labels own = alert.labels().without(commonLabels.asMap().keySet());
    List<String> words = new ArrayList<>();
    for (String name : TEXTS) {
      String text = alert.annotations().get(name);
      if (!text.isEmpty() && commonAnnotations.get(name).isEmpty() && words.isEmpty()) {
        words.add(text);
      }
    }
    if (!alert.evidence().value().isEmpty()) {
      words.add("value " + alert.evidence().value());
    }
    List<String> lines = new ArrayList<>();
    for (Evidence.Fact fact : alert.evidence().facts()) {
      (LINES.contains(fact.name()) ? lines : words).add(fact.name() + " " + fact.text());
    }
    List<String> names = new ArrayList<>();
    own.asMap().forEach((name, value) -> names.add(name + "=" + value));
    String title = Markup.cutPlain(String.join(" ", names), 300);
    if (!names.isEmpty() || !words.isEmpty() || !lines.isEmpty()) {
      String rest = Markup.cutPlain(String.join("  ·  ", words), 600);
      for (String line : lines) {
        rest += (rest.isEmpty() ? "" : "\n") + Markup.cutPlain(line.replace('\n', ' '), 300);
      }
      blocks.literal(title, title.isEmpty() || rest.isEmpty() ? rest : "  " + rest);
    }
  }

  private static void evidence(Blocks blocks, List<Alert> listed) {
    int samples = 0;
    for (Alert alert : listed) {
      for (var sample : alert.evidence().samples()) {
        if (samples++ == SAMPLES || blocks.isFull()) {
          return;
        }
        blocks.context(Markup.escaped(Markup.cutPlain(sample.title(), 300)));
        blocks.preformatted(Markup.cutPlain(sample.lines(), 1_500));
      }
    }
  }

  /// Where to look further, and where to silence it.
  ///
  /// @param silence whether a link to a silence is among them
  List<Blocks.Button> buttons(boolean silence) {
    List<Blocks.Button> buttons = new ArrayList<>();
    Alert first = all.isEmpty() ? null : all.getFirst();
    if (first == null) {
      return buttons;
    }
    Map.of(
            "runbook_url",
            "Runbook",
            "runbook",
            "Runbook",
            "dashboard_url",
            "Dashboard",
            "dashboard",
            "Dashboard")
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            it ->
                buttons.add(
                    new Blocks.Button(it.getValue(), first.annotations().get(it.getKey()))));
    first.evidence().links().forEach(it -> buttons.add(new Blocks.Button(it.title(), it.url())));
    buttons.add(new Blocks.Button("Source", first.generatorUrl()));
    if (silence && !firing.isEmpty() && !externalUrl.isEmpty()) {
      List<String> matchers = new ArrayList<>();
      Labels labels =
          groupNotification.group().labels().isEmpty()
              ? commonLabels
              : groupNotification.group().labels();
      labels
          .asMap()
          .forEach(
              (name, value) ->
                  matchers.add(
                      name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\""));
      String filter = "{" + String.join(", ", matchers) + "}";
      buttons.add(
          new Blocks.Button(
              "Silence",
              externalUrl
                  + "/#/silences/new?filter="
                  + URLEncoder.encode(filter, StandardCharsets.UTF_8)));
    }
    return buttons;
  }

  /// A time in the reader's own zone.
  static String time(Instant when) {
    return Markup.time(when);
  }

  /// `2h 5m`.
  static String words(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + "m";
    }
    return seconds < 86_400
        ? seconds / 3_600 + "h " + seconds % 3_600 / 60 + "m"
        : seconds / 86_400 + "d " + seconds % 86_400 / 3_600 + "h";
  }
}
