package dev.longshore.gotemplate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Go's `printf`. It never fails for a format that does not suit its values: the text says what is
/// wrong, as `%!d(string=checkout)`. One thread, one use.
final class Printf {

  /// Wider is refused, in Go's words.
  private static final int MAX_WIDTH = 1_000_000;

  private final String format;
  private final List<@Nullable Object> values;
  private final Output output = new Output();
  private int at;
  private int value;
  private boolean reordered;
  private boolean goodIndex;

  private Printf(String format, List<@Nullable Object> values) {
    this.format = format;
    this.values = values;
  }

  static String format(String format, List<@Nullable Object> values) throws TemplateException {
    return new Printf(format, values).format();
  }

  private String format() throws TemplateException {
    while (at < format.length()) {
      int percent = format.indexOf('%', at);
      if (percent < 0) {
        percent = format.length();
      }
      output.append(format.substring(at, percent));
      at = percent + 1;
      if (percent < format.length()) {
        verb();
      }
    }
    if (!reordered && value < values.size()) {
      output.append("%!(EXTRA ");
      for (int i = value; i < values.size(); i++) {
        output.append(i > value ? ", " : "");
        Object extra = values.get(i);
        output.append(extra == null ? "<nil>" : Values.type(extra) + "=" + Print.plain(extra));
      }
      output.append(')');
    }
    return output.toString();
  }

  private void verb() throws TemplateException {
    goodIndex = true;
    boolean plus = false;
    boolean minus = false;
    boolean sharp = false;
    boolean space = false;
    boolean zero = false;
    for (; at < format.length() && "+-# 0".indexOf(format.charAt(at)) >= 0; at++) {
      switch (format.charAt(at)) {
        case '+' -> plus = true;
        case '-' -> minus = true;
        case '#' -> sharp = true;
        case ' ' -> space = true;
        default -> zero = true;
      }
    }
    boolean indexed = index();
    int width = -1;
    if (isAt('*')) {
      at++;
      Integer given = starred();
      if (given == null) {
        output.append("%!(BADWIDTH)");
      } else {
        width = Math.abs(given);
        minus |= given < 0;
      }
      indexed = false;
    } else {
      width = number();
      if (indexed && width >= 0) {
        goodIndex = false;
      }
    }
    int precision = -1;
    if (isAt('.')) {
      at++;
      if (indexed) {
        goodIndex = false;
      }
      indexed = index();
      if (isAt('*')) {
        at++;
        Integer given = starred();
        if (given == null) {
          output.append("%!(BADPREC)");
        } else {
          precision = given < 0 ? -1 : given;
        }
        indexed = false;
      } else {
        precision = Math.max(0, number());
      }
    }
    if (!indexed) {
      index();
    }
    if (at >= format.length()) {
      output.append("%!(NOVERB)");
      return;
    }
    int letter = format.codePointAt(at);
    at += Character.charCount(letter);
    if (letter == '%') {
      output.append('%');
    } else if (!goodIndex) {
      output.append("%!").append(Character.toString(letter)).append("(BADINDEX)");
    } else if (value >= values.size()) {
      output.append("%!").append(Character.toString(letter)).append("(MISSING)");
    } else {
      new Verb(letter, plus, minus, sharp, space, zero, width, precision)
          .write(values.get(value++), output);
    }
  }

  private boolean isAt(char c) {
    return at < format.length() && format.charAt(at) == c;
  }

  /// A number in digits, -1 when there is none or it is too large.
  private int number() {
    int number = -1;
    for (; at < format.length(); at++) {
      char c = format.charAt(at);
      if (c < '0' || c > '9') {
        break;
      }
      number = Math.max(number, 0) * 10 + c - '0';
      if (number > MAX_WIDTH) {
        return -1;
      }
    }
    return number;
  }

  /// The value that stands for a `*`, null when it is no small number.
  private @Nullable Integer starred() {
    if (value < values.size()
        && Values.plain(values.get(value++)) instanceof Long given
        && Math.abs(given) <= MAX_WIDTH) {
      return given.intValue();
    }
    return null;
  }

  /// Takes `[2]`: the number of the value that comes next, from 1.
  private boolean index() {
    if (!isAt('[')) {
      return false;
    }
    reordered = true;
    int end = format.indexOf(']', at);
    if (end < 0) {
      goodIndex = false;
      at++;
      return false;
    }
    at++;
    int number = number();
    if (at != end || number < 1 || number > values.size()) {
      goodIndex = false;
      at = end + 1;
      return false;
    }
    value = number - 1;
    at = end + 1;
    return true;
  }
}
