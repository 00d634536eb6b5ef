package dev.longshore.alerting.rule;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// A first look at a PromQL expression: that it is not empty, that brackets and quotes are closed,
/// that no character is foreign to the language, that it does not end in the middle.
///
/// This is no parser. Names of functions, types and operators' operands are known to Prometheus
/// alone, which answers with an error when the rule is evaluated.
final class PromqlText {
  private static final String OPERATORS = "+-*/%^=!<>~,@:.";

  /// An expression that ends with one of these goes on.
  private static final String UNFINISHED = "+-*/%^=!<>~,@";

  private final String text;
  private final Deque<Integer> open = new ArrayDeque<>();
  private int at;
  private char last = ' ';

  private PromqlText(String text) {
    this.text = text;
  }

  /// What is wrong, as Prometheus words it with line and column, or null when nothing is.
  static @Nullable String problemWith(String expression) {
    return new PromqlText(expression).problem();
  }

  private @Nullable String problem() {
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      String problem = null;
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
        continue;
      }
      if (Character.isWhitespace(c)) {
        continue;
      }
      if (c == '"' || c == '\'' || c == '`') {
        problem = string(c);
      } else if ("([{".indexOf(c) >= 0) {
        open.push(at);
      } else if (")]}".indexOf(c) >= 0) {
        problem = close(c);
      } else if (!isKnown(c)) {
        problem =
            failure(
                at,
                "unexpected character: '"
                    + Character.toString(text.codePointAt(at))
                    + "'"
                    + (c == '|' ? "; LogQL is for Loki: write the condition under `logs`" : ""));
      }
      if (problem != null) {
        return problem;
      }
      last = c;
    }
    if (!open.isEmpty()) {
      int from = open.peek();
      return failure(from, "unclosed left " + name(text.charAt(from)));
    }
    if (last == ' ') {
      return failure(0, "no expression found in input");
    }
    return UNFINISHED.indexOf(last) >= 0
        ? failure(text.length(), "unexpected end of input after '" + last + "'")
        : null;
  }

  private @Nullable String string(char quote) {
    int start = at;
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        return null;
      }
      if (c == '\n' && quote != '`') {
        break;
      }
      if (c == '\\' && quote != '`') {
        at++;
      }
    }
    return failure(start, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
  }

  private @Nullable String close(char c) {
    String opening = c == ')' ? "(" : c == ']' ? "[" : "{";
    if (open.isEmpty()) {
      return failure(at, "unexpected right " + name(opening.charAt(0)) + " '" + c + "'");
    }
    int from = open.pop();
    return text.charAt(from) == opening.charAt(0)
        ? null
        : failure(
            at, "unexpected '" + c + "' where the " + name(text.charAt(from)) + " is to be closed");
  }

  private static String name(char bracket) {
    return switch (bracket) {
      case '(' -> "parenthesis";
      case '[' -> "bracket";
      default -> "brace";
    };
  }

  private static boolean isKnown(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || OPERATORS.indexOf(c) >= 0;
  }

  private String failure(int position, String what) {
    String before = text.substring(0, position);
    long line = 1 + before.chars().filter(c -> c == '\n').count();
    int column = position - before.lastIndexOf('\n');
    return line + ":" + column + ": parse error: " + what;
  }
}
