package dev.longshore.rulelab.command;

import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.units.PrometheusDurations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a backtest is told by its command line.
///
/// @param interval between evaluations; null for that of each rule's group
/// @param holds values of `for` to be tried; null for some about the rule's own
/// @param thresholds to be tried; null for some about the rule's own
/// @param zone whose night it is
record BacktestOptions(
    Instant since,
    Instant until,
    @Nullable Duration interval,
    @Nullable List<Duration> holds,
    @Nullable List<Double> thresholds,
    ZoneId zone,
    boolean json) {
  private static final String SINCE = "14d";
  private static final Duration LONGEST = Duration.ofDays(400);
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);
  private static final int MOST_TRIED = 20;

  /// What people write as `for`.
  private static final List<Duration> USUAL =
      List.of(
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(15),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(2));

  static BacktestOptions of(Arguments arguments, Instant now) throws Wrong {
    Instant since = time("--since", arguments.value("--since", SINCE), now);
    Instant until = time("--until", arguments.value("--until", "0"), now);
    if (!since.isBefore(until)) {
      throw new Wrong("--since " + since + " is not before --until " + until);
    }
    if (until.isAfter(now)) {
      throw new Wrong("--until " + until + " is not past yet");
    }
    if (Duration.between(since, until).compareTo(LONGEST) > 0) {
      throw new Wrong(
          "from "
              + since
              + " to "
              + until
              + " is more than "
              + PrometheusDurations.format(LONGEST));
    }
    String output = arguments.value("--output", "text");
    if (!output.equals("text") && !output.equals("json")) {
      throw new Wrong("--output " + output + " is neither text nor json");
    }
    return new BacktestOptions(
        since,
        until,
        interval(arguments.value("--interval")),
        holds(arguments.value("--for")),
        thresholds(arguments.value("--threshold")),
        zone(arguments.value("--time-zone", "UTC")),
        output.equals("json"));
  }

  /// Values of `for` to be tried for a rule.
  List<Duration> holds(Duration own) {
    if (holds != null) {
      return holds;
    }
    List<Duration> lower = USUAL.stream().filter(it -> it.compareTo(own) < 0).toList();
    List<Duration> higher = USUAL.stream().filter(it -> it.compareTo(own) > 0).toList();
    List<Duration> tried = new ArrayList<>();
    if (!lower.isEmpty()) {
      tried.add(lower.getFirst());
    }
    if (lower.size() > 1) {
      tried.add(lower.getLast());
    }
    tried.addAll(higher.subList(0, Math.min(3, higher.size())));
    return tried;
  }

  private static Instant time(String option, String text, Instant now) throws Wrong {
    try {
      return text.contains("T") ? Instant.parse(text) : now.minus(PrometheusDurations.parse(text));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new Wrong(
          option
              + " "
              + text
              + " is neither so long ago, such as 14d, nor a time such as"
              + " 2026-03-28T20:00:00Z");
    }
  }

  private static @Nullable Duration interval(@Nullable String text) throws Wrong {
    if (text == null) {
      return null;
    }
    Duration interval = duration("--interval", text);
    if (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
      throw new Wrong("--interval " + text + "; between 1s and 1d is accepted");
    }
    return interval;
  }

  private static Duration duration(String option, String text) throws Wrong {
    try {
      return PrometheusDurations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Wrong(option + ": " + e.getMessage());
    }
  }

  private static @Nullable List<Duration> holds(@Nullable String text) throws Wrong {
    if (text == null) {
      return null;
    }
    List<Duration> holds = new ArrayList<>();
    for (String word : words("--for", text)) {
      holds.add(duration("--for", word));
    }
    return holds;
  }

  private static @Nullable List<Double> thresholds(@Nullable String text) throws Wrong {
    if (text == null) {
      return null;
    }
    List<Double> thresholds = new ArrayList<>();
    for (String word : words("--threshold", text)) {
      thresholds.add(number(word));
    }
    return thresholds;
  }

  private static double number(String word) throws Wrong {
    try {
      double number = Double.parseDouble(word);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new Wrong("--threshold: '" + word + "' is no number; write such as 10,50");
  }

  private static List<String> words(String option, String text) throws Wrong {
    List<String> words = List.of(text.strip().split("\\s*,\\s*", -1));
    if (words.size() > MOST_TRIED) {
      throw new Wrong(
          option + " has " + words.size() + " values; at most " + MOST_TRIED + " are tried");
    }
    return words;
  }

  private static ZoneId zone(String text) throws Wrong {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new Wrong(
          "--time-zone " + text + " is no time zone; write such as Europe/Berlin or UTC");
    }
  }
}
