package dev.longshore.gotemplate;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.longshore.shared.regex.RegexLimits;

/// Regular expressions in Go's syntax, which match in linear time, and Go's replacement texts.
final class Regexes {

  private static final int MAX_LENGTH = 10_000;

  private Regexes() {}

  static Pattern compile(String expression) throws TemplateException {
    if (expression.length() > MAX_LENGTH) {
      throw new TemplateException(
          "a regular expression of "
              + expression.length()
              + " characters; at most "
              + MAX_LENGTH
              + " are accepted");
    }
    try {
      RegexLimits.check(expression);
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
}
