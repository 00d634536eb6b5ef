package dev.longshore.alerting.alert;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Matchers as people write them, in both of Alertmanager's forms.
///
/// What the classic form can read means what it always meant; what only the UTF-8 form can read,
/// names in quotes for example, is read by that. So does Alertmanager when it is not told otherwise
/// ([Alertmanager's
/// documentation](https://prometheus.io/docs/alerting/latest/configuration/#label-matchers)).
public final class Matchers {
  private Matchers() {}

  /// Several matchers: `{severity="page", team=~"a|b"}`; the braces may be left out.
  ///
  /// @throws IllegalArgumentException that says what is wrong and what would be accepted
  public static List<Matcher> parse(String text) {
    return parse(text, Matcher::new);
  }

  /// Several matchers that were taken once, perhaps by another version. One whose expression is
  /// refused now matches nothing, and has a [Matcher#problem]; so does the one that stands for a
  /// text that can't be read.
  public static List<Matcher> parseStored(String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException refused) {
      try {
        return parse(text, Matcher::stored);
      } catch (IllegalArgumentException unreadable) {
        return List.of(Matcher.unreadable(text, String.valueOf(unreadable.getMessage())));
      }
    }
  }

  /// What becomes of the parts of a matcher.
  interface Maker {
    Matcher make(String name, Matcher.Op op, String value);
  }

  private static List<Matcher> parse(String text, Maker maker) {
    try {
      return ClassicMatchers.parse(text, maker);
    } catch (IllegalArgumentException e) {
      // It may be one that only the UTF-8 form can say; if that fails too, both say why.
      try {
        return new Utf8Matchers(text, maker).parse();
      } catch (IllegalArgumentException other) {
        other.addSuppressed(e);
        throw other;
      }
    }
  }

  /// Whether all of them match.
  public static boolean match(List<Matcher> matchers, Labels labels) {
    for (Matcher matcher : matchers) {
      if (!matcher.matches(labels)) {
        return false;
      }
    }
    return true;
  }

  /// As Alertmanager writes them in a key: by name, value and operator, and a name is quoted only
  /// where it has a character that means something else.
  public static String sorted(List<Matcher> matchers) {
    return matchers.stream()
        .sorted(
            Comparator.comparing(Matcher::name)
                .thenComparing(Matcher::keyValue)
                .thenComparing(Matcher::op))
        .map(Matcher::inKey)
        .collect(Collectors.joining(",", "{", "}"));
  }

  /// As people write them: `{severity="page",team=~"a|b"}`.
  public static String toString(List<Matcher> matchers) {
    return matchers.stream().map(Matcher::toString).collect(Collectors.joining(",", "{", "}"));
  }
}
