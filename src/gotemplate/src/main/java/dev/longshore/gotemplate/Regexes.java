package dev.longshore.gotemplate;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Regular expressions in Go's syntax, which match in linear time, and Go's replacement texts.
final class Regexes {

  /// Longer or larger expressions are refused, as Go does.
  private static final int MAX_LENGTH = 10_000;

  private static final int MAX_DEPTH = 250;
  private static final long MAX_SIZE = 100_000;

  private Regexes() {}

  static Pattern compile(String expression) throws TemplateException {
    checkSize(expression);
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new TemplateException(
          "error parsing regexp: " + e.getDescription() + ": `" + e.getPattern() + "`");
    } catch (RuntimeException e) {
      throw new TemplateException("error parsing regexp: " + e.getMessage());
    }
  }

  static boolean isMatch(String expression, String text) throws TemplateException {
    return compile(expression).matcher(text).find();
  }

  /// Replaces all matches; in the replacement `$1` and `${name}` are the groups' texts, and `$$` a
  /// dollar sign.
  static String replaceAll(String expression, String replacement, String text)
      throws TemplateException {
    Pattern pattern = compile(expression);
    Matcher matcher = pattern.matcher(text);
    Output out = new Output();
    int end = 0;
    while (matcher.find()) {
      out.append(text.substring(end, matcher.start()));
      // An empty match that follows a match is none, in Go.
      if (matcher.end() > matcher.start() || matcher.start() > end || matcher.start() == 0) {
        expand(matcher, pattern, replacement, out);
      }
      end = matcher.end();
    }
    return out.append(text.substring(end)).toString();
  }

  private static void expand(Matcher matcher, Pattern pattern, String replacement, Output out)
      throws TemplateException {
    int i = 0;
    while (i < replacement.length()) {
      int dollar = replacement.indexOf('$', i);
      if (dollar < 0) {
        out.append(replacement.substring(i));
        return;
      }
      out.append(replacement.substring(i, dollar));
      i = dollar + 1;
      if (replacement.startsWith("$", i)) {
        out.append('$');
        i++;
        continue;
      }
      boolean braces = replacement.startsWith("{", i);
      int start = braces ? i + 1 : i;
      int end = start;
      while (end < replacement.length() && isNameLetter(replacement.codePointAt(end))) {
        end += Character.charCount(replacement.codePointAt(end));
      }
      if (end == start || (braces && !replacement.startsWith("}", end))) {
        out.append('$');
        continue;
      }
      out.append(group(matcher, pattern, replacement.substring(start, end)));
      i = braces ? end + 1 : end;
    }
  }

  private static boolean isNameLetter(int c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  /// A group's text, empty when there is no such group or it matched nothing.
  private static String group(Matcher matcher, Pattern pattern, String name) {
    String text = null;
    if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = name.length() > 8 ? Integer.MAX_VALUE : Integer.parseInt(name);
      text = number <= matcher.groupCount() ? matcher.group(number) : null;
    } else if (pattern.namedGroups().containsKey(name)) {
      text = matcher.group(name);
    }
    return text == null ? "" : text;
  }

  /// Refuses an expression that is small to write and large to run: `((a{100}){100}){100}`.
  private static void checkSize(String expression) throws TemplateException {
    if (expression.length() > MAX_LENGTH) {
      throw new TemplateException(
          "a regular expression of "
              + expression.length()
              + " characters; at most "
              + MAX_LENGTH
              + " are accepted");
    }
    Deque<Long> outer = new ArrayDeque<>();
    long size = 0;
    long last = 0;
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c == '\\') {
        i++;
        last = 1;
      } else if (c == '(') {
        outer.push(size);
        size = 0;
        continue;
      } else if (c == ')' && !outer.isEmpty()) {
        last = size + 1;
        size = outer.pop();
      } else if (c == '{') {
        last = last * (repeats(expression, i) - 1);
      } else {
        last = 1;
      }
      size += Math.max(0, last);
      if (size > MAX_SIZE || outer.size() > MAX_DEPTH) {
        throw new TemplateException(
            "error parsing regexp: expression too large: `" + expression + "`");
      }
    }
    if (outer.size() > MAX_DEPTH) {
      throw new TemplateException("error parsing regexp: expression nests too deeply");
    }
  }

  /// How often `{3,100}` repeats at most; 1 when it is none.
  private static long repeats(String expression, int at) {
    int end = expression.indexOf('}', at);
    if (end < 0 || end - at > 12) {
      return 1;
    }
    long most = 1;
    for (String number : expression.substring(at + 1, end).split(",", 2)) {
      if (!number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
        most = Math.max(most, Long.parseLong(number));
      }
    }
    return most;
  }
}
