package dev.longshore.alerting.alert;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/// The form of matchers before UTF-8 names: a name, a sign, and a value in quotes or without.
///
/// From `pkg/labels/parse.go` of Alertmanager: values without quotes may hold anything but an
/// unescaped double quote; `\"`, `\\` and `\n` are the escapes.
final class ClassicMatchers {
  private static final Pattern ONE =
      Pattern.compile(
          "^\\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(=~|=|!=|!~)\\s*((?s).*?)\\s*$", Pattern.DOTALL);

  private ClassicMatchers() {}

  static List<Matcher> parse(String text, Matchers.Maker maker) {
    String inner = text;
    if (inner.startsWith("{")) {
      inner = inner.substring(1);
    }
    if (inner.endsWith("}")) {
      inner = inner.substring(0, inner.length() - 1);
    }
    List<Matcher> matchers = new ArrayList<>();
    boolean quoted = false;
    boolean escaped = false;
    int start = 0;
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        matchers.add(one(inner.substring(start, i), maker));
        start = i + 1;
      }
    }
    String last = inner.substring(start);
    if (!last.isBlank()) {
      matchers.add(one(last, maker));
    } else if (matchers.isEmpty() && !inner.isBlank()) {
      throw malformed(text);
    }
    return matchers;
  }

  private static Matcher one(String text, Matchers.Maker maker) {
    com.google.re2j.Matcher parts = ONE.matcher(text);
    if (!parts.matches()) {
      throw malformed(text);
    }
    Matcher.Op op =
        switch (parts.group(2)) {
          case "=" -> Matcher.Op.EQUAL;
          case "!=" -> Matcher.Op.NOT_EQUAL;
          case "=~" -> Matcher.Op.MATCHES;
          default -> Matcher.Op.DOES_NOT_MATCH;
        };
    return maker.make(parts.group(1), op, value(parts.group(3), text));
  }

  private static String value(String raw, String text) {
    StringBuilder value = new StringBuilder();
    boolean expectQuote = raw.startsWith("\"");
    int i = expectQuote ? 1 : 0;
    boolean closed = false;
    for (; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '\\' && i + 1 < raw.length()) {
        char next = raw.charAt(++i);
        switch (next) {
          case 'n' -> value.append('\n');
          case '"', '\\' -> value.append(next);
          default -> value.append('\\').append(next);
        }
      } else if (c == '"') {
        if (!expectQuote || i != raw.length() - 1) {
          throw new IllegalArgumentException(
              "'" + text.strip() + "' has a double quote in its value; write \\\" for it");
        }
        closed = true;
      } else {
        value.append(c);
      }
    }
    if (expectQuote && !closed) {
      throw new IllegalArgumentException("'" + text.strip() + "' lacks the closing double quote");
    }
    return value.toString();
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'"
            + text.strip()
            + "' is not a matcher; write a label's name, one of = != =~ !~, and a value in quotes");
  }
}
