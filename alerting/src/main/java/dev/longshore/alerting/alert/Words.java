package dev.longshore.alerting.alert;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Regular expressions that are words and nothing else, such as `checkout|cart|payment\.v2`, which
/// dashboards make of variables with thousands of values: each word is looked up, as Prometheus
/// does, in place of a machine that is compiled for all of them.
final class Words {

  /// More are left to the limits of regular expressions; so many take some 10 MB.
  private static final int MAX_WORDS = 100_000;

  private static final String META = "\\.+*?()[]{}^$";

  private Words() {}

  /// The words that an expression matches as a whole; null where it is more than words.
  ///
  /// @param expression in RE2's syntax
  static @Nullable Set<String> of(String expression) {
    String inner = withoutGroup(expression);
    Set<String> words = new HashSet<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c == '|') {
        words.add(word.toString());
        word.setLength(0);
        if (words.size() >= MAX_WORDS) {
          return null;
        }
      } else if (c == '\\' && i + 1 < inner.length() && isPunctuation(inner.charAt(i + 1))) {
        word.append(inner.charAt(++i));
      } else if (META.indexOf(c) >= 0) {
        return null;
      } else {
        word.append(c);
      }
    }
    words.add(word.toString());
    return Set.copyOf(words);
  }

  /// What is in the one group around everything.
  private static String withoutGroup(String expression) {
    if (!expression.endsWith(")")) {
      return expression;
    }
    int begin = expression.startsWith("(?:") ? 3 : expression.startsWith("(") ? 1 : 0;
    return begin == 0 ? expression : expression.substring(begin, expression.length() - 1);
  }

  /// After a backslash it stands for itself.
  private static boolean isPunctuation(char c) {
    boolean letterOrDigit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return c > ' ' && c < 0x7f && !letterOrDigit;
  }
}
