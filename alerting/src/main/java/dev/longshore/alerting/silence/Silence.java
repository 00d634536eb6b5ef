package dev.longshore.alerting.silence;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Matchers under which alerts are not told, for a time.
///
/// @param id a UUID
/// @param endsAt not included
public record Silence(
    String id,
    List<Matcher> matchers,
    Instant startsAt,
    Instant endsAt,
    Instant updatedAt,
    String createdBy,
    String comment,
    Map<String, String> annotations) {
  private static final int MAX_PROBLEM = 500;

  public Silence {
    matchers = List.copyOf(matchers);
    annotations = Map.copyOf(annotations);
  }

  /// Whether it covers alerts now.
  public enum State {
    PENDING,
    ACTIVE,
    EXPIRED
  }

  public State state(Instant now) {
    if (now.isBefore(startsAt)) {
      return State.PENDING;
    }
    return now.isBefore(endsAt) ? State.ACTIVE : State.EXPIRED;
  }

  /// The length of all its texts.
  int characters() {
    int characters = createdBy.length() + comment.length();
    for (Matcher matcher : matchers) {
      characters += matcher.name().length() + matcher.value().length();
    }
    for (Map.Entry<String, String> annotation : annotations.entrySet()) {
      characters += annotation.getKey().length() + annotation.getValue().length();
    }
    return characters;
  }

  /// Why it can match nothing: one of its matchers can't be used by this version. Null where it
  /// can.
  public @Nullable String problem() {
    for (Matcher matcher : matchers) {
      String problem = matcher.problem();
      if (problem != null) {
        return problem.length() <= MAX_PROBLEM ? problem : problem.substring(0, MAX_PROBLEM) + "…";
      }
    }
    return null;
  }

  public boolean matches(Labels labels) {
    return Matchers.match(matchers, labels);
  }

  Silence endingAt(Instant end, Instant now) {
    // One that has not begun never covered anything: it ends where it begins.
    Instant start = startsAt.isAfter(end) ? end : startsAt;
    return new Silence(id, matchers, start, end, now, createdBy, comment, annotations);
  }
}
