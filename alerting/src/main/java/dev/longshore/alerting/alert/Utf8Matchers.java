package dev.longshore.alerting.alert;

import java.util.ArrayList;
import java.util.List;

/// The form of matchers that can name any label: names and values are words, or texts in double
/// quotes with Go's escapes.
///
/// The grammar of `matcher/parse` of Alertmanager: `[ "{" ] [ matcher { "," matcher } [ "," ] ] [
/// "}" ]`, where a word holds none of `{}!=~,\"'` and the backquote, and no white space.
final class Utf8Matchers {
  private static final String RESERVED = "{}!=~,\\\"'`";

  private final String text;
  private final Matchers.Maker maker;
  private int at;

  Utf8Matchers(String text, Matchers.Maker maker) {
    this.text = text;
    this.maker = maker;
  }

  List<Matcher> parse() {
    List<Matcher> matchers = new ArrayList<>();
    skipSpace();
    boolean braced = accept('{');
    skipSpace();
    while (at < text.length() && peek() != '}') {
      matchers.add(matcher());
      skipSpace();
      if (!accept(',')) {
        break;
      }
      skipSpace();
    }
    boolean closed = accept('}');
    skipSpace();
    if (braced != closed) {
      throw failure(braced ? "the closing } is missing" : "there is a } without its {");
    }
    if (at < text.length()) {
      throw failure("a comma or the end belongs at position " + at + ", not '" + peek() + "'");
    }
    return matchers;
  }

  private Matcher matcher() {
    String name = part("a label's name");
    skipSpace();
    Matcher.Op op = op();
    skipSpace();
    return maker.make(name, op, part("a value"));
  }

  private Matcher.Op op() {
    Matcher.Op op = Matcher.Op.in(text, at);
    if (op == null) {
      throw failure("one of = != =~ !~ belongs at position " + at);
    }
    at += op.sign().length();
    return op;
  }

  private String part(String what) {
    if (at < text.length() && peek() == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && RESERVED.indexOf(peek()) < 0 && !Character.isWhitespace(peek())) {
      at++;
    }
    if (at == start) {
      throw failure(what + " belongs at position " + at);
    }
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = peek();
      if (c == '"') {
        at++;
        return value.toString();
      }
      if (c == '\\') {
        at++;
        escape(value);
      } else {
        value.append(c);
      }
    }
    throw failure("the closing double quote is missing");
  }

  /// One of Go's escapes, the backslash being read.
  private void escape(StringBuilder value) {
    char c = at < text.length() ? peek() : ' ';
    switch (c) {
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case '"', '\\' -> value.append(c);
      case 'x' -> codePoint(value, 2);
      case 'u' -> codePoint(value, 4);
      case 'U' -> codePoint(value, 8);
      default -> throw failure("\\" + c + " is no escape; write \\\\ for a backslash");
    }
  }

  private void codePoint(StringBuilder value, int digits) {
    if (at + digits >= text.length()) {
      throw failure("an escape is cut off");
    }
    String hex = text.substring(at + 1, at + 1 + digits);
    try {
      value.appendCodePoint(Integer.parseInt(hex, 16));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(failure("'" + hex + "' is no code point").getMessage(), e);
    }
    at += digits;
  }

  private char peek() {
    return text.charAt(at);
  }

  private boolean accept(char c) {
    boolean there = at < text.length() && peek() == c;
    if (there) {
      at++;
    }
    return there;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(peek())) {
      at++;
    }
  }

  private IllegalArgumentException failure(String what) {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is not a list of matchers: "
            + what
            + "; such as {severity=\"page\", \"my.label\"=~\"a|b\"}");
  }
}
