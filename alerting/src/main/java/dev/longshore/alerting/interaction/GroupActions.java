package dev.longshore.alerting.interaction;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.alert.NoSuchGroupException;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.receiver.slack.Blocks;
import dev.longshore.alerting.receiver.slack.Markup;
import dev.longshore.alerting.silence.Silence;
import dev.longshore.alerting.silence.SilenceRequest;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is done about groups on people's behalf. All on the alerting loop.
final class GroupActions {
  static final String ENDED =
      "Everything that this message is about has ended; there is nothing left to answer.";

  /// Two presses of one person mean one silence.
  private static final Duration SAME_END = Duration.ofMinutes(1);

  private static final int NAMES = 5;

  private final Engine engine;
  private final Clock clock;

  GroupActions(Engine engine, Clock clock) {
    this.engine = engine;
    this.clock = clock;
  }

  /// A group of which something fires.
  ///
  /// @return null when it has ended
  @Nullable AlertGroup group(String hash) {
    AlertGroup group = engine.dispatcher().group(hash);
    return group == null || firing(group).isEmpty() ? null : group;
  }

  List<Alert> firing(AlertGroup group) {
    Instant now = clock.now();
    return group.members().stream()
        .map(AlertGroup.Member::alert)
        .filter(alert -> !alert.isResolvedAt(now))
        .toList();
  }

  /// The labels that all alerts of a group share that fire.
  Labels common(AlertGroup group) {
    Labels common = null;
    for (Alert alert : firing(group)) {
      common = common == null ? alert.labels() : common.common(alert.labels());
    }
    return common == null ? Labels.EMPTY : common;
  }

  /// As whom a person is known: by the on-call file, where that has their Slack id.
  private String name(Person person) {
    var known = engine.escalations().onCall().bySlack(person.id());
    return known == null ? person.name() : known.name();
  }

  Outcome acknowledge(String hash, Person person) {
    AlertGroup group = group(hash);
    if (group == null) {
      return Outcome.gone(ENDED);
    }
    Acknowledgement before = engine.acknowledgements().of(group.id());
    if (before != null) {
      return sentence(
          before.by() + " has acknowledged it already, until ", before.until(), Map.of());
    }
    try {
      Acknowledgement made = engine.acknowledgements().acknowledge(hash, name(person), "", null);
      return sentence(
          "You have acknowledged it: it is not repeated until ",
          made.until(),
          change("group acknowledged", group, made));
    } catch (NoSuchGroupException e) {
      return Outcome.gone(ENDED);
    } catch (IllegalArgumentException e) {
      return Outcome.failed("It could not be acknowledged: " + e.getMessage());
    }
  }

  Outcome endAcknowledgement(String hash, Person person) {
    AlertGroup group = group(hash);
    if (group == null) {
      return Outcome.gone(ENDED);
    }
    Acknowledgement ended = engine.acknowledgements().end(hash, name(person));
    if (ended == null) {
      return Outcome.gone("It was not acknowledged any more.");
    }
    return new Outcome(
        "done",
        Messages.sentence("You have ended the acknowledgement: it is repeated again."),
        change("acknowledgement ended", group, ended));
  }

  private static Map<String, String> change(
      String what, AlertGroup group, Acknowledgement acknowledgement) {
    Map<String, String> change = new LinkedHashMap<>();
    change.put("change", what);
    change.put("group", group.key());
    change.put("receiver", group.receiver());
    change.put("ends_at", acknowledgement.until().toString());
    change.put("created_by", acknowledgement.by());
    change.put("comment", acknowledgement.comment());
    return change;
  }

  private static Outcome sentence(String begin, Instant until, Map<String, String> change) {
    Blocks blocks = new Blocks();
    blocks.sections(Markup.escaped(begin) + Markup.time(until) + ".");
    return new Outcome("done", Messages.of(begin + until + ".", blocks), change);
  }

  /// Silences what belongs to a group, now and later.
  Outcome silence(String hash, Person person, Instant until, String comment) {
    AlertGroup group = group(hash);
    if (group == null) {
      return Outcome.gone(ENDED);
    }
    List<Matcher> matchers = engine.dispatcher().matchers(hash);
    if (matchers.isEmpty()) {
      matchers = equal(common(group));
    }
    if (matchers.isEmpty()) {
      return Outcome.failed(
          "The alerts of this message have no label in common by which they could be silenced;"
              + " silence each, on the page or by amtool.");
    }
    return silence(matchers, person, until, comment, group);
  }

  static List<Matcher> equal(Labels labels) {
    List<Matcher> matchers = new ArrayList<>();
    labels
        .asMap()
        .forEach((name, value) -> matchers.add(new Matcher(name, Matcher.Op.EQUAL, value)));
    return matchers;
  }

  /// Makes a silence, or lengthens the one that is there for the same.
  ///
  /// @param group that it was made about; null when that has ended
  Outcome silence(
      List<Matcher> matchers,
      Person person,
      Instant until,
      String comment,
      @Nullable AlertGroup group) {
    Instant now = clock.now();
    Silence before = active(matchers, now);
    if (before != null && !before.endsAt().plus(SAME_END).isBefore(until)) {
      return silenced(
          "It is silenced already, by " + before.createdBy() + ", until ",
          before.endsAt(),
          matchers,
          group,
          Map.of());
    }
    SilenceRequest request =
        new SilenceRequest(
            before == null ? "" : before.id(),
            matchers,
            before == null ? now : before.startsAt(),
            until,
            name(person),
            comment,
            Map.of());
    try {
      String id = engine.silences().put(request);
      Map<String, String> change = new LinkedHashMap<>();
      change.put("change", before == null ? "silence made" : "silence changed");
      change.put("silence", id);
      change.put("matchers", matchers.toString());
      change.put("starts_at", request.startsAt().toString());
      change.put("ends_at", until.toString());
      change.put("created_by", name(person));
      change.put("comment", comment);
      return silenced("Silenced until ", until, matchers, group, change);
    } catch (IllegalArgumentException e) {
      return Outcome.failed("It could not be silenced: " + e.getMessage());
    }
  }

  private @Nullable Silence active(List<Matcher> matchers, Instant now) {
    Set<Matcher> wanted = new HashSet<>(matchers);
    for (Silence silence : engine.silences().all()) {
      if (silence.state(now) == Silence.State.ACTIVE
          && wanted.equals(new HashSet<>(silence.matchers()))) {
        return silence;
      }
    }
    return null;
  }

  private Outcome silenced(
      String begin,
      Instant until,
      List<Matcher> matchers,
      @Nullable AlertGroup group,
      Map<String, String> change) {
    Blocks blocks = new Blocks();
    blocks.sections(":no_bell: " + Markup.escaped(begin) + Markup.time(until) + ":");
    blocks.literal("", Matchers.toString(matchers));
    blocks.context(covers(matchers, group));
    return new Outcome(
        "done", Messages.of(begin + until + ": " + Matchers.toString(matchers), blocks), change);
  }

  /// mrkdwn: how many alerts matchers cover now, and which of them are in other messages.
  ///
  /// @param group the message's; null when that has ended
  String covers(List<Matcher> matchers, @Nullable AlertGroup group) {
    Instant now = clock.now();
    Set<Labels> own = new HashSet<>();
    if (group != null) {
      group.members().forEach(member -> own.add(member.alert().labels()));
    }
    int all = 0;
    int others = 0;
    Set<String> names = new LinkedHashSet<>();
    for (Alert alert : engine.alerts().all()) {
      if (!alert.isResolvedAt(now) && Matchers.match(matchers, alert.labels())) {
        all++;
        if (!own.contains(alert.labels())) {
          others++;
          names.add(alert.name());
        }
      }
    }
    String text = "Covers *" + all + (all == 1 ? " alert*" : " alerts*") + " that fire now";
    if (others > 0) {
      List<String> shown =
          names.stream()
              .limit(NAMES)
              .map(name -> Markup.escaped(Markup.cutPlain(name, 80)))
              .toList();
      text +=
          ", "
              + others
              + " of them in other messages: "
              + String.join(", ", shown)
              + (names.size() > NAMES ? ", …" : "");
    }
    return text + ".";
  }
}
