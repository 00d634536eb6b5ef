package dev.longshore.alerting.api;

import dev.longshore.alerting.alert.Matcher;
import java.util.ArrayList;
import java.util.List;

/// A series selector of PromQL, as `match[]` has it: a metric's name, matchers in braces, or both.
/// In braces a text alone is the metric's name; texts are in double or single quotes, or in
/// backquotes, in which nothing is escaped.
final class SeriesSelector {
  private static final String METRIC_NAME = "__name__";

  private static final String SIMPLE_ESCAPES = "abfnrtv\\'\"";
  private static final String ESCAPED = "\u0007\b\f\n\r\t\u000b\\'\"";

  private final String text;
  private final List<Matcher> matchers = new ArrayList<>();
  private int at;

  private SeriesSelector(String text) {
    this.text = text;
  }

  /// The matchers of a selector.
  ///
  /// @throws IllegalArgumentException that says what is wrong, as Prometheus does
  static List<Matcher> parse(String text) {
    return new SeriesSelector(text).read();
  }

  private List<Matcher> read() {
    skipSpace();
    String metric = name();
    if (!metric.isEmpty()) {
      matchers.add(new Matcher(METRIC_NAME, Matcher.Op.EQUAL, metric));
      skipSpace();
    }
    if (accept('{')) {
      braces();
      skipSpace();
    }
    if (at < text.length()) {
      throw failure("unexpected character: '" + Character.toString(text.codePointAt(at)) + "'");
    }
    if (matchers.stream().allMatch(it -> it.matches(""))) {
      throw new IllegalArgumentException("match[] must contain at least one non-empty matcher");
    }
    return matchers;
  }

  private void braces() {
    skipSpace();
    while (!accept('}')) {
      matcher();
      skipSpace();
      if (!accept(',') && peek() != '}') {
        throw failure(
            at == text.length()
                ? "unexpected end of input inside braces"
                : "a comma or the closing } belongs here, not '" + peek() + "'");
      }
      skipSpace();
    }
  }

  private void matcher() {
    boolean quoted = isQuote(peek());
    String name = quoted ? quoted() : name();
    if (name.isEmpty()) {
      throw failure(
          at == text.length()
              ? "unexpected end of input inside braces"
              : "a label's name belongs here, not '" + peek() + "'");
    }
    skipSpace();
    if (quoted && (peek() == ',' || peek() == '}')) {
      matchers.add(new Matcher(METRIC_NAME, Matcher.Op.EQUAL, name));
      return;
    }
    Matcher.Op op = operator();
    skipSpace();
    if (!isQuote(peek())) {
      throw failure("a value in quotes belongs here");
    }
    matchers.add(new Matcher(name, op, quoted()));
  }

  private Matcher.Op operator() {
    Matcher.Op op = Matcher.Op.in(text, at);
    if (op == null) {
      throw failure("one of = != =~ !~ belongs here");
    }
    at += op.sign().length();
    return op;
  }

  /// A name that needs no quotes; empty where there is none.
  private String name() {
    int start = at;
    while (at < text.length() && isOfName(peek(), at > start)) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isOfName(char c, boolean mayBeDigit) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == ':'
        || (mayBeDigit && c >= '0' && c <= '9');
  }

  private String quoted() {
    char quote = peek();
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = peek();
      if (c == quote) {
        at++;
        return value.toString();
      }
      if (c == '\\' && quote != '`') {
        at++;
        escape(value);
      } else {
        value.append(c);
      }
    }
    throw failure("unterminated quoted string");
  }

  /// The backslash is read; this reads up to the last character of the escape.
  private void escape(StringBuilder value) {
    int simple = SIMPLE_ESCAPES.indexOf(peek());
    if (simple >= 0) {
      value.append(ESCAPED.charAt(simple));
      return;
    }
    int digits =
        switch (peek()) {
          case 'x' -> 2;
          case 'u' -> 4;
          case 'U' -> 8;
          default -> throw failure("unknown escape sequence '\\" + peek() + "'");
        };
    int end = Math.min(text.length(), at + 1 + digits);
    String hex = text.substring(at + 1, end);
    if (!hex.matches("[0-9a-fA-F]{" + digits + "}")
        || Long.parseLong(hex, 16) > Character.MAX_CODE_POINT) {
      throw failure("'" + hex + "' is no code point");
    }
    value.appendCodePoint(Integer.parseInt(hex, 16));
    at = end - 1;
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  /// NUL at the end.
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean accept(char c) {
    boolean there = peek() == c;
    if (there) {
      at++;
    }
    return there;
  }

  private void skipSpace() {
    while (Character.isWhitespace(peek())) {
      at++;
    }
  }

  private IllegalArgumentException failure(String what) {
    return new IllegalArgumentException("1:" + (at + 1) + ": parse error: " + what);
  }
}
