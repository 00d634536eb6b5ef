package dev.longshore.alerting.silence;

import dev.longshore.alerting.alert.Matcher;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What somebody asks for: a new silence, or another state of one.
///
/// @param id the silence to change; empty for a new one
public record SilenceRequest(
    String id,
    List<Matcher> matchers,
    Instant startsAt,
    Instant endsAt,
    String createdBy,
    String comment,
    Map<String, String> annotations) {
  private static final int MAX_COMMENT_CHARACTERS = 64 * 1024;

  public SilenceRequest {
    matchers = List.copyOf(matchers);
    annotations = Map.copyOf(annotations);
  }

  /// As Alertmanager: what a label is not says something, also of alerts without the label.
  private static boolean isAnything(Matcher matcher) {
    return switch (matcher.op()) {
      case EQUAL, MATCHES -> matcher.matches("");
      case NOT_EQUAL, DOES_NOT_MATCH -> false;
    };
  }

  /// @throws IllegalArgumentException that says what is wrong and what would be accepted
  void check(Instant now) {
    if (matchers.isEmpty()) {
      throw new IllegalArgumentException("a silence needs at least one matcher");
    }
    if (matchers.stream().allMatch(SilenceRequest::isAnything)) {
      throw new IllegalArgumentException(
          "at least one matcher must say something: one that matches the empty text, such as"
              + " team=~\".*\", covers everything");
    }
    if (!endsAt.isAfter(startsAt)) {
      throw new IllegalArgumentException(
          "the end " + endsAt + " is not after the start " + startsAt);
    }
    if (!endsAt.isAfter(now)) {
      throw new IllegalArgumentException("the end " + endsAt + " is in the past");
    }
    if (comment.length() > MAX_COMMENT_CHARACTERS) {
      throw new IllegalArgumentException(
          "the comment has " + comment.length() + " characters; at most " + MAX_COMMENT_CHARACTERS);
    }
  }
}
