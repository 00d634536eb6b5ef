package dev.longshore.rulelab.elastalert;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A text of a rule's alerts as a template of ours. With arguments ElastAlert fills it in as
/// Python's `str.format` does: `{0}`, or `{}` for the next, and a brace is written twice. Without
/// any it stands as it is.
final class AlertText {
  private static final Pattern PART = Pattern.compile("\\{\\{|}}|\\{(\\d{0,4})}|[{}]");

  private AlertText() {}

  /// Converts a text.
  ///
  /// @param arguments what stands for each in a template of ours; null where there is nothing
  /// @return null where an argument that is used has nothing, or the text is no such format
  static @Nullable String template(String text, List<@Nullable String> arguments) {
    if (arguments.isEmpty()) {
      return literal(text);
    }
    StringBuilder out = new StringBuilder();
    StringBuilder plain = new StringBuilder();
    Matcher parts = PART.matcher(text);
    int at = 0;
    int next = 0;
    while (parts.find()) {
      plain.append(text, at, parts.start());
      at = parts.end();
      String part = parts.group();
      String number = parts.group(1);
      if (number == null && part.length() == 1) {
        return null;
      }
      if (number == null) {
        plain.append(part.charAt(0));
        continue;
      }
      int index = number.isEmpty() ? next++ : Integer.parseInt(number);
      String given = index < arguments.size() ? arguments.get(index) : null;
      if (given == null) {
        return null;
      }
      out.append(literal(plain.toString())).append(given);
      plain.setLength(0);
    }
    return out.append(literal(plain.append(text, at, text.length()).toString())).toString();
  }

  /// A text in which nothing is filled in, also where something that is follows.
  static String literal(String text) {
    return text.contains("{{") || text.endsWith("{") ? text.replace("{", "{{ `{` }}") : text;
  }
}
