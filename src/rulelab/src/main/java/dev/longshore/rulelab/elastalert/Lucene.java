package dev.longshore.rulelab.elastalert;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lucene's syntax, as `query_string` reads it: clauses about one field. A clause stands for itself
/// whatever it is combined with.
final class Lucene {

  /// Words that combine clauses where they stand bare.
  private static final Set<String> OPERATORS = Set.of("AND", "OR", "NOT", "TO");

  private static final Pattern ESCAPED_OR_NOT =
      Pattern.compile("\\\\(.)|[^\\\\]+|\\\\", Pattern.DOTALL);

  /// A slash, with the escaped characters before it.
  private static final Pattern BARE_SLASH =
      Pattern.compile("\\G((?:[^\\\\/]|\\\\.)*+)/", Pattern.DOTALL);

  private Lucene() {}

  /// All lines.
  static final String ALL = "*";

  static String all(List<String> clauses) {
    return joined(clauses, " AND ");
  }

  static String any(List<String> clauses) {
    return joined(clauses, " OR ");
  }

  private static String joined(List<String> clauses, String operator) {
    return clauses.size() == 1 ? clauses.getFirst() : "(" + String.join(operator, clauses) + ")";
  }

  static String not(String clause) {
    return "(NOT " + clause + ")";
  }

  static String exists(String field) {
    return "_exists_:" + name(field);
  }

  /// The field has exactly this text, or these words next to each other.
  static String phrase(String field, Object value) {
    return name(field) + ":" + quoted(value);
  }

  /// One of the values of a field.
  static String oneOf(String field, List<?> values) {
    List<String> quoted = new ArrayList<>();
    values.forEach(it -> quoted.add(quoted(it)));
    return name(field) + ":(" + String.join(" OR ", quoted) + ")";
  }

  /// What `match` finds: one of the text's words, or all of a field that is not analyzed. Spaces
  /// are escaped, so that the field's own analyzer cuts the text into words.
  static String match(String field, String text) throws UnconvertibleException {
    return name(field) + ":" + term(text);
  }

  /// What `match` finds with `operator: and`.
  static String matchAll(String field, String text) throws UnconvertibleException {
    List<String> words = new ArrayList<>();
    for (String word : text.strip().split("\\s+", -1)) {
      words.add(term(word));
    }
    return name(field)
        + ":"
        + (words.size() == 1 ? words.getFirst() : "(" + String.join(" AND ", words) + ")");
  }

  private static String term(String text) throws UnconvertibleException {
    if (text.isBlank()) {
      return quoted(text);
    }
    if (OPERATORS.contains(text)) {
      return "\\" + text;
    }
    return escaped(text, true);
  }

  /// A pattern with `*` and `?`; a character behind a backslash stands for itself.
  static String wildcard(String field, String pattern) throws UnconvertibleException {
    StringBuilder query = new StringBuilder(name(field)).append(':');
    Matcher parts = ESCAPED_OR_NOT.matcher(pattern);
    while (parts.find()) {
      String literal = parts.group(1);
      query.append(literal == null ? escaped(parts.group(), false) : escaped(literal, true));
    }
    return query.toString();
  }

  static String prefix(String field, String text) throws UnconvertibleException {
    return name(field) + ":" + escaped(text, true) + "*";
  }

  /// A regular expression in Lucene's syntax.
  static String regex(String field, String regex) {
    return name(field) + ":/" + BARE_SLASH.matcher(regex).replaceAll("$1\\\\/") + "/";
  }

  /// A regular expression that finds a pattern however its letters are written.
  ///
  /// @param wildcards whether `*` and `?` stand for other text, and `\` for what is behind it
  static String ignoringCase(String pattern, boolean wildcards) {
    StringBuilder regex = new StringBuilder();
    boolean literal = !wildcards;
    for (int c : pattern.codePoints().toArray()) {
      if (!literal && c == '\\') {
        literal = true;
        continue;
      }
      int lower = Character.toLowerCase(c);
      int upper = Character.toUpperCase(c);
      if (lower != upper) {
        regex.append('[').appendCodePoint(lower).appendCodePoint(upper).append(']');
      } else if (!literal && c == '*') {
        regex.append(".*");
      } else if (!literal && c == '?') {
        regex.append('.');
      } else if (".?+*|{}[]()\"\\#@&<>~^$-".indexOf(c) >= 0) {
        regex.append('\\').appendCodePoint(c);
      } else {
        regex.appendCodePoint(c);
      }
      literal = !wildcards;
    }
    return regex.toString();
  }

  /// @throws UnconvertibleException for what the syntax has no way to write
  private static String escaped(String text, boolean wildcardsToo) throws UnconvertibleException {
    if (text.indexOf('<') >= 0 || text.indexOf('>') >= 0) {
      throw new UnconvertibleException(
          "the filter's text holds < or >, which Lucene's syntax can't escape: " + text);
    }
    return text.replaceAll(
        wildcardsToo
            ? "([\\\\+\\-!(){}\\[\\]^\"~:/&|=*?\\s])"
            : "([\\\\+\\-!(){}\\[\\]^\"~:/&|=\\s])",
        "\\\\$1");
  }

  static String name(String field) {
    return field.replaceAll("([\\\\+\\-!(){}\\[\\]^\"~:/&|=\\s])", "\\\\$1");
  }

  static String quoted(Object value) {
    return '"' + String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
